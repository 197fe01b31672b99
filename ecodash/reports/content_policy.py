"""Which style and script a page of ours may use: its own, named by their content."""

import base64
import hashlib
import re

_ELEMENT = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


def policy_of(html: str) -> str:
    """The Content-Security-Policy of a page that is sufficient to itself: nothing is fetched, sent or framed, and no
    style or script acts but those of its <style> and <script> elements.

    Args:
        html: a page of ours; what it shows from elsewhere is escaped, so that its elements are ours.
    """
    rules = ["default-src 'none'"]
    for element in ("style", "script"):
        hashes = [f"'sha256-{_hash(text)}'" for name, text in _ELEMENT.findall(html) if name == element]
        if hashes:
            rules.append(f"{element}-src {' '.join(hashes)}")
    return "; ".join([*rules, "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
