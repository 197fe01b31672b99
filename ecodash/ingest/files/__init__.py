"""Bytes → Book: text files, workbooks, web pages and archives decoded to sheets of text cells. Nothing has a meaning yet."""
