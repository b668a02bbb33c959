// What a person would be ashamed of on a screen, as sentences; an empty list is good. Run inside the page.
(minimumTargetPx) => {
  const found = [];
  const INTERACTIVE = "a[href], button, input, select, textarea, summary, label:has(input)";
  const name = (element) => {
    const text = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ");
    return `<${element.tagName.toLowerCase()}${element.dataset.testid ? ` ${element.dataset.testid}` : ""}> "${text.slice(0, 40)}"`;
  };
  const isHidden = (element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const isForReadersOnly = (element) => element.closest(".visually-hidden, .skip") !== null;
  const scrolls = (element, axis) => ["auto", "scroll"].includes(getComputedStyle(element)[`overflow${axis}`]);

  const stays = (element) => {
    for (let part = element; part; part = part.parentElement) {
      if (getComputedStyle(part).position === "sticky") return true;
    }
    return false;
  };

  // The part of an element that can be seen without scrolling, or null.
  const seen = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let parent = element; parent; parent = parent.parentElement) {
      const style = getComputedStyle(parent);
      if (parent === element || (style.overflowX === "visible" && style.overflowY === "visible")) continue;
      const box = parent.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    [left, top] = [Math.max(left, 0), Math.max(top, 0)];
    [right, bottom] = [Math.min(right, innerWidth), Math.min(bottom, innerHeight)];
    return right - left > 2 && bottom - top > 2 ? { left, top, right, bottom } : null;
  };

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`the page scrolls sideways: ${scrollWidth} > ${clientWidth} px`);

  for (const element of document.body.querySelectorAll("*")) {
    const isStuck = (element.scrollTop || element.scrollLeft) && !isForReadersOnly(element);
    if (isStuck && getComputedStyle(element).overflowY === "hidden" && !element.matches("input")) {
      found.push(`scrolled to where nobody can scroll back from: ${name(element)}`);
    }
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || isHidden(element) || isForReadersOnly(element)) continue;
    const style = getComputedStyle(element);
    const isCut = ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis";
    if (isCut && element.scrollWidth > element.clientWidth + 1) found.push(`cut text: ${name(element)}`);
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect();
    for (let parent = element; parent && parent !== document.body; parent = parent.parentElement) {
      if (scrolls(parent, "X") && parent.scrollWidth > parent.clientWidth) break;
      const box = parent.getBoundingClientRect();
      const isOver = text.right > box.right + 2 || text.left < box.left - 2;
      if (isOver && getComputedStyle(parent).display !== "inline" && !isCut && style.textOverflow !== "ellipsis") {
        found.push(`text runs out of its box: ${name(element)}`);
        break;
      }
      // It stands over the page, wherever it hangs in it.
      if (parent.matches("dialog")) break;
    }
    if (element.matches("input, textarea")) continue;
    if (parseFloat(style.fontSize) < 14) found.push(`small print, ${style.fontSize}: ${name(element)}`);
  }

  for (const element of document.querySelectorAll(INTERACTIVE)) {
    if (isHidden(element) || isForReadersOnly(element)) continue;
    const holder = element.closest("label") ?? element;
    if (holder !== element) continue;
    const { width, height } = element.getBoundingClientRect();
    const isInText = getComputedStyle(element).display === "inline" && element.closest("p, li, dd") !== null;
    if (Math.min(width, height) < minimumTargetPx - 0.5 && !isInText) {
      found.push(`small target, ${Math.round(width)}×${Math.round(height)} px: ${name(element)}`);
    }
    const box = seen(element);
    if (!box) continue;
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    const isReached = top && (element.contains(top) || top.contains(element) || top.closest("dialog[open]"));
    // What lies under a bar that stays comes out when a person scrolls.
    if (!isReached && top && stays(top)) continue;
    if (!isReached) found.push(`covered by ${top ? name(top) : "nothing"}: ${name(element)}`);
  }
  return [...new Set(found)];
}
