"""Large files as jobs: taken at once, worked on behind the answer, whoever of the processes is left."""
