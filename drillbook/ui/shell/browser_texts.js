// Streamlit's own texts in Chinese: it has no interface for translating them.
//
// Runs before Streamlit. Chinese is on while the run's language mark (frame.py) says so; the switch
// works without a reload, so every change is remembered and can be taken back. User content is
// never touched.
(() => {
  "use strict";
  const dictionary = __DICTIONARY__;
  const page = document.documentElement;
  const marks = document.getElementsByClassName("drillbook-language");
  const patterns = dictionary.patterns.map(([source, target]) => [new RegExp(source), target]);
  const ROLE = "aria-roledescription";
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "data-placeholder", ROLE];

  const USER_CONTENT = [
    '[data-testid="stMarkdownContainer"]', '[data-testid="stSidebarNavItems"]',
    '[data-testid="stFileUploaderFileName"]', '[data-testid="stFileChipName"]',
    '[data-testid="stTable"]', '[data-testid="stVegaLiteChart"]',
    '[role="gridcell"]', "td", "th", "pre", "code", "textarea", "script", "style",
  ].join(",");
  // Streamlit draws some of its own labels with the parts it uses for ours.
  const OWN_AFTER_ALL = [
    '[data-testid="stFileUploaderDropzone"]', '[data-testid="stTooltipContent"]',
    '[data-testid="stTooltipErrorContent"]', '[data-testid="stSidebarNavViewButton"]',
  ].join(",");
  const COLUMN_MENU = '[data-testid="stDataFrameColumnMenu"]';
  const OPTION = '[role="option"]';
  // An empty part of a date or time field shows its pattern: yyyy, mm (month and minute alike).
  const EMPTY_SEGMENT = '[role="spinbutton"][data-type][data-placeholder="true"]';

  // text node → [original, translated]; element → Map(attribute → [original, translated])
  const texts = new WeakMap();
  const attributes = new WeakMap();

  const isChinese = () => page.lang.startsWith("zh");

  function translated(text, table) {
    const key = text.trim();
    if (!key) return null;
    if (Object.hasOwn(table, key)) return text.replace(key, () => table[key]);
    // Patterns build on each other: "year, Date start date" is two of them.
    const said = patterns.reduce((words, [pattern, target]) => words.replace(pattern, target), key);
    return said === key ? null : text.replace(key, () => said);
  }

  // "Search: Drill sessions": a tool's name and what it works on.
  function translatedWithContext(text, table) {
    const [tool, ...context] = text.split(": ");
    if (!context.length || !Object.hasOwn(table, tool)) return null;
    return `${table[tool]}：${context.join(": ")}`;
  }

  // A list of options holds the register's words; only Streamlit's own lines in it are known.
  function tableFor(element) {
    if (element.closest(OPTION)) return dictionary.options;
    if (element.closest(OWN_AFTER_ALL)) return dictionary.texts;
    return element.closest(USER_CONTENT) ? null : dictionary.texts;
  }

  // "text" is a kind of column or mark in these two places, and nothing of ours elsewhere.
  function tableForAttribute(element, name, value) {
    const isKind = name === ROLE || (name === "title" && element.closest(COLUMN_MENU));
    return isKind && Object.hasOwn(dictionary.roles, value) ? dictionary.roles : dictionary.texts;
  }

  function translationOf(node) {
    const segment = node.parentElement.closest(EMPTY_SEGMENT);
    if (segment) return dictionary.segments[segment.dataset.type] ?? null;
    const table = tableFor(node.parentElement);
    return table && translated(node.nodeValue, table);
  }

  function translateText(node) {
    const known = texts.get(node);
    if ((known && known[1] === node.nodeValue) || !node.parentElement) return;
    const text = translationOf(node);
    if (text === null || text === node.nodeValue) return;
    texts.set(node, [node.nodeValue, text]);
    node.nodeValue = text;
  }

  function translateAttributes(element) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      if (!value) continue;
      const known = attributes.get(element) ?? new Map();
      if (known.get(name)?.[1] === value) continue;
      const table = tableForAttribute(element, name, value);
      const text = translated(value, table) ?? translatedWithContext(value, table);
      if (text === null) continue;
      attributes.set(element, known.set(name, [value, text]));
      element.setAttribute(name, text);
    }
  }

  function restoreText(node) {
    const known = texts.get(node);
    if (known && known[1] === node.nodeValue) node.nodeValue = known[0];
    texts.delete(node);
  }

  function restoreAttributes(element) {
    for (const [name, [original, text]] of attributes.get(element) ?? []) {
      if (element.getAttribute(name) === text) element.setAttribute(name, original);
    }
    attributes.delete(element);
  }

  function visit(node, onText, onElement) {
    if (node.nodeType === Node.TEXT_NODE) return onText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    onElement(node);
    for (const child of node.childNodes) visit(child, onText, onElement);
  }

  const translate = (node) => visit(node, translateText, translateAttributes);

  function speak(language) {
    page.lang = language;
    // React Aria (calendar, lists) carries its own Chinese and listens to this event.
    window.dispatchEvent(new Event("languagechange"));
    if (isChinese()) translate(document.body);
    else visit(document.body, restoreText, restoreAttributes);
  }

  // Streamlit puts blocks between the navigation's list and its items (no list to a screen reader),
  // and says "required" of groups, which cannot be.
  function repairMarkup() {
    const parts = '[data-testid="stSidebarNavItems"]:not([role]), ' +
      '[data-testid="stSidebarNavItems"] li:not([role])';
    for (const part of document.querySelectorAll(parts)) part.setAttribute("role", "none");
    const groups = '[role="group"][aria-required], [data-testid="stDateInputField"][aria-required]';
    for (const group of document.querySelectorAll(groups)) group.removeAttribute("aria-required");
  }

  // Screen readers get a label's Markdown as it is written: ":red[\\*]".
  function repairLabel(element) {
    const label = element.getAttribute("aria-label");
    if (!label || !/[\\\[]/.test(label)) return;
    const said = label
      .replace(/:[a-z]+(?:-[a-z]+)?\[((?:\\.|[^\]\\])*)\]/g, "$1")
      .replace(/\\([!-/:-@[-`{-~])/g, "$1");
    if (said !== label) element.setAttribute("aria-label", said);
  }

  function onElement(element) {
    repairLabel(element);
    if (isChinese()) translateAttributes(element);
  }

  function onText(node) {
    if (isChinese()) translateText(node);
  }

  function onChanges(changes) {
    repairMarkup();
    const asked = marks[0]?.getAttribute("lang");
    if (asked && asked !== page.lang) speak(asked);
    for (const change of changes) {
      if (change.type === "characterData") onText(change.target);
      else if (change.type === "attributes") onElement(change.target);
      else change.addedNodes.forEach((node) => visit(node, onText, onElement));
    }
  }

  for (const [name, value] of [["language", () => page.lang], ["languages", () => [page.lang]]]) {
    Object.defineProperty(navigator, name, { get: value, configurable: true });
  }
  new MutationObserver(onChanges).observe(document, {
    subtree: true, childList: true, characterData: true,
    attributes: true, attributeFilter: [...ATTRIBUTES, "lang"],
  });
})();
