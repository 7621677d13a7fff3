"""Whatever needs labels or writes to the registry: datasets, pipelines, evaluation, simulation, benchmarks."""
