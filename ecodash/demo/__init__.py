"""Invented data to show the software with, told apart from real figures by 演示数据 in every title."""
