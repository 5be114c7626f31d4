"""What `make bench` runs: every speed that the project promises, as a ratio against a peer taken in the same run.

    __main__    picks the benches, prints the table, writes the JSON
    row         one line of the table: a value, its target, and the times behind it
    machine     what the figures were taken on
    kernel      a home of its own for each bench, and real ipykernels in it
    circuits    what is run
    one file for each bench: `measure(**counts)` gives its rows; `TINY` has counts that only show that it works

What is timed runs in a real ipykernel or a fresh interpreter, never in this process, which only watches. Ours and the
peer take turns, in rounds, so that the machine's noise hits both; a value is the median over the rounds.
"""
