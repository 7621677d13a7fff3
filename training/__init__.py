"""Whatever needs labels or writes to the registry: data, pipelines, evaluation, simulation, benchmarks."""
