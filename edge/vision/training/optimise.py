"""How weights are learnt: AdamW with a cosine, class weights, label smoothing, a running average of the weights.

The loss is the whole picture's cross-entropy and, where boxes tell, that of its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from edge.vision.arrays import Tensor
from edge.vision.training.cell_labels import NO_VEHICLE
from edge.vision.training.dataset import TARGETS, VEHICLES
from edge.vision.training.hyperparameters import Hyperparameters, average_share, class_weights, rate_factor
from edge.vision.training.network import EbikeNet, to_input
from edge.vision.training.samples import Sample

CLIP_NORM = 5.0
NO_VEHICLES = [number for number, target in enumerate(TARGETS) if target not in VEHICLES]


class Learner:
    """A network, its optimiser and its average. `state` and `restore` carry everything that a next step depends on."""

    def __init__(self, network: EbikeNet, settings: Hyperparameters, counts: Sequence[int], steps: int) -> None:
        self.network, self.settings, self.steps, self.step = network, settings, steps, 0
        body, head = network.train_from(settings.train_from)
        self._peaks = [settings.rate * settings.head_factor, settings.rate][: 2 if body else 1]
        groups = [{"params": part, "lr": peak} for part, peak in zip((head, body), self._peaks, strict=False)]
        self._optimiser = torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
        self._learnt = [*head, *body]
        self._averages = [parameter.detach().clone() for parameter in self._learnt]
        self._class_weights = torch.tensor(class_weights(counts, settings.balance))
        torch.manual_seed(settings.seed)  # dropout

    @property
    def rate(self) -> float:
        """Learning rate of the body at this step."""
        return self.settings.rate * rate_factor(self.step, self.steps, self.settings.warmup)

    def learn(self, batch: Sequence[Sample]) -> float:
        """One step; gives the loss."""
        factor = rate_factor(self.step, self.steps, self.settings.warmup)
        for group, peak in zip(self._optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = peak * factor
        self.network.train()
        logits, cells = self.network(to_input([image for image, _, _ in batch]))
        wanted = torch.tensor([label for _, label, _ in batch])
        loss = functional.cross_entropy(
            logits, wanted, weight=self._class_weights, label_smoothing=self.settings.smoothing
        )
        loss = loss + self.settings.cells * cell_loss(cells, torch.from_numpy(np.stack([found for *_, found in batch])))
        self._optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._learnt, CLIP_NORM)
        self._optimiser.step()
        torch._foreach_lerp_(
            self._averages,
            [parameter.detach() for parameter in self._learnt],
            1 - average_share(self.step, self.settings.average),
        )
        self.step += 1
        return float(loss.detach())

    def averaged(self) -> EbikeNet:
        """A copy of the network with the averaged weights."""
        copy = EbikeNet(self.network.cells.out_channels)
        copy.load(self.averaged_weights())
        return copy

    def averaged_weights(self) -> dict[str, Tensor]:
        """The averaged weights by name (the frozen ones as they are)."""
        names = {id(parameter): name for name, parameter in self.network.named_parameters()}
        averages = zip(self._learnt, self._averages, strict=True)
        return self.network.weights() | {names[id(p)]: average.numpy().copy() for p, average in averages}

    def state(self) -> dict[str, Any]:
        """For torch.save."""
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "averages": self._averages,
            "optimiser": self._optimiser.state_dict(),
            "random": torch.get_rng_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue exactly where `state` was taken."""
        self.step = state["step"]
        self.network.load_state_dict(state["network"])
        self._averages = state["averages"]
        self._optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])


def cell_loss(cells: Any, wanted: Any) -> Any:
    """Of cell logits (n, classes, rows, columns) and their labels (n, rows, columns; `cell_labels`).

    Cells with a thing and cells without a vehicle weigh the same, however many there are of each.
    """
    told = functional.log_softmax(cells, 1).permute(0, 2, 3, 1)
    empty = -torch.logsumexp(told[wanted == NO_VEHICLE][:, NO_VEHICLES], 1)
    things = wanted >= 0
    full = functional.nll_loss(told[things], wanted[things], reduction="none")
    return (_mean(empty) + _mean(full)) / 2


def _mean(losses: Any) -> Any:
    return losses.sum() / max(len(losses), 1)
