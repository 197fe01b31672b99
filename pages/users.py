"""用户管理: who may sign in, as what and where."""

from ecodash.views import heading, user_desk, user_text

heading.open_plain_page(user_text.title())

user_desk.show()
