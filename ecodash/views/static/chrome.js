// Streamlit's own controls speak English only. Where the page is Chinese, their words are put into Chinese: the tools of
// a table, its column menu, its search field, the tips, the names that are read aloud. Words of the page are never touched.
(function (words) {
  if (window.ecodashWords) { window.ecodashWords = words; return; }
  window.ecodashWords = words;
  const OWN = '[data-testid="stElementToolbar"] button, [data-testid="stTooltipContent"], [data-testid="stDataFrameColumnMenu"], '
    + '[data-testid="stDataFrameColumnVisibilityMenu"], .gdg-search-bar, [data-testid="stExpandSidebarButton"], [data-testid="stSidebarCollapseButton"] button, '
    + '[data-testid="stSkipToContent"], [data-testid="stDataFrameTooltipContent"], [role="dialog"] button[aria-label="Close"], '
    + '[role="dialog"]:not(:has([data-testid="stVerticalBlock"])) > :is(h2, h2 + div)';
  const NAMES = ['aria-label', 'placeholder', 'title'];

  function said(text) {
    const [first, ...rest] = text.split(': ');
    const word = window.ecodashWords[first.trim()];
    return word ? [word, ...rest].join('：') : null;
  }
  function sayNames(element) {
    for (const name of NAMES) {
      const word = element.hasAttribute(name) && said(element.getAttribute(name));
      if (word) element.setAttribute(name, word);
    }
  }
  function say(own) {
    sayNames(own);
    own.querySelectorAll('[aria-label], [placeholder], [title]').forEach(sayNames);
    const texts = document.createTreeWalker(own, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const word = said(node.nodeValue);
      if (word) node.nodeValue = word;
    }
  }
  function look(node) {
    if (node.nodeType !== 1) return;
    const around = node.closest(OWN);
    if (around) say(around);
    node.querySelectorAll(OWN).forEach(say);
  }
  // The button that opens the menu goes away with the focus: who pressed it by a key goes on in the menu.
  document.addEventListener('click', (event) => {
    if (event.detail || !event.target.closest('[data-testid="stExpandSidebarButton"]')) return;
    setTimeout(() => document.querySelector('[data-testid="stSidebarContent"] :is(a, input:checked)')?.focus(), 400);
  });
  // Where the session ended while the page stood open, Streamlit asks whether the server is well and is refused: loaded
  // anew, the page leads to signing in and back, in place of Streamlit's own notice and of figures that stay on the screen.
  if (window.PerformanceObserver) {
    const refused = (entry) => entry.name.endsWith('/_stcore/health') && [401, 403].includes(entry.responseStatus);
    new PerformanceObserver((list) => { if (list.getEntries().some(refused)) location.reload(); })
      .observe({ type: 'resource' });
  }
  look(document.body);
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(look)))
    .observe(document.body, { childList: true, subtree: true });
})
