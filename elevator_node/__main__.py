from edge.entry import main_of

main = main_of("elevator")

if __name__ == "__main__":
    main()
