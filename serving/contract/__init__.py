"""What the API promises: one typed description of its endpoints, and the OpenAPI document made from it."""
