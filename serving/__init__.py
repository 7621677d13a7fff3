"""Whatever needs a request, a person or a clock: the service, its store, the queue and the pages."""
