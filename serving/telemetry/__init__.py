"""OpenTelemetry traces of the service: off, and then nothing of it is loaded, unless an endpoint is set."""
