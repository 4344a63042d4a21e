from edge.entry import main_of

main = main_of("gate")

if __name__ == "__main__":
    main()
