"""The whole program as a page: one HTML file that opens from a disk, or a folder for a web space."""

from derive.page.target import write_page

__all__ = ["write_page"]
