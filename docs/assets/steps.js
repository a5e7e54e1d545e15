// The bar of a lesson's steps: where the reader is, and what is done. Without scripts it is a list of links.
import { make } from "./dom.js";
import { progress } from "./progress.js";

const bar = document.querySelector(".steps");
if (bar) follow(bar, document.body.dataset.lesson);

function follow(bar, lesson) {
  const headingOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const steps = [...bar.querySelectorAll(":scope > ol > li > a")].map((link) => ({
    link,
    heading: headingOf(link),
    name: link.textContent.trim(),
    needs: [],
  }));
  // A step is done when its questions are answered and its run is watched. One that is only read is done when the
  // reader goes on to the next.
  document.querySelectorAll(".question").forEach((question, n) => {
    const above = steps.filter(
      ({ heading }) =>
        heading.compareDocumentPosition(question) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    above.at(-1)?.needs.push(`question ${n + 1}`);
  });
  steps.find(({ heading }) => heading.id === "watch")?.needs.push("watch");

  let current = -1;
  let height = 0; // where the page was scrolled to
  let due = 0;

  function show() {
    const { did, passed } = progress.of(lesson);
    for (const { link, heading, needs } of steps) {
      const done = needs.length
        ? needs.every((each) => did.includes(each))
        : passed.includes(heading.id);
      if (done === link.hasAttribute("data-done")) continue;
      link.toggleAttribute("data-done", done);
      link.querySelector(".unseen")?.remove();
      if (done) link.append(make("span", { class: "unseen" }, " done"));
    }
  }
  /** The step whose heading was the last to reach the upper edge of what can be read. */
  function found() {
    const root = document.documentElement;
    if (scrollY > 0 && scrollY + innerHeight >= root.scrollHeight - 2) return steps.length - 1;
    const edge = parseFloat(getComputedStyle(root).scrollPaddingTop) + 48;
    const below = steps.findIndex(({ heading }) => heading.getBoundingClientRect().top > edge);
    return Math.max(0, (below < 0 ? steps.length : below) - 1);
  }
  function look() {
    due = 0;
    const next = found();
    const read = scrollY > height && scrollY - height < 1.5 * innerHeight; // it was not jumped over
    const moved = current >= 0 && scrollY !== height;
    height = scrollY;
    if (next === current) return;
    const passed = read ? steps.slice(Math.max(current, 0), next) : [];
    steps[current]?.link.removeAttribute("aria-current");
    steps[next].link.setAttribute("aria-current", "step");
    current = next;
    const { link, heading, name } = steps[next];
    if (bar.scrollWidth > bar.clientWidth)
      bar.scrollLeft = link.offsetLeft - (bar.clientWidth - link.offsetWidth) / 2;
    if (!moved) return;
    progress.change(lesson, (mine) => {
      mine.passed = [...new Set([...mine.passed, ...passed.map(({ heading }) => heading.id)])];
      mine.at = { id: heading.id, name, time: Date.now() };
    });
    show();
  }

  const { at } = progress.of(lesson);
  if (at && at.id !== steps[0].heading.id && !location.hash && headingOf({ hash: `#${at.id}` }))
    document
      .querySelector("h1 + p")
      .after(
        make(
          "p",
          { class: "resume" },
          make("a", { href: `#${at.id}` }, "Go on where you stopped: ", make("b", {}, at.name)),
        ),
      );
  document.addEventListener("workbook:did", show);
  for (const event of ["scroll", "resize"])
    addEventListener(event, () => (due ||= requestAnimationFrame(look)), { passive: true });
  show();
  look();
}
