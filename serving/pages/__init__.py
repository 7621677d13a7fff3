"""The reviewers' page: server-rendered, nothing to build, nothing loaded from outside."""

from serving.pages.app import create_pages

__all__ = ["create_pages"]
