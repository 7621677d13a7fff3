"""How hard the benchmark is, and whether a shortcut reaches what an honest model reaches."""
