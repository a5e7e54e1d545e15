// On paper nothing can be opened, and the answers come at the end: both is done when a page is printed, and undone
// afterwards. A classic script, because the book (tools/site/book.py) has no other.
{
  const numberOf = (question, n) => {
    const number = document.createElement("span");
    number.className = "question-number";
    number.textContent = `Question ${n}`;
    question.prepend(number);
    return number;
  };
  let added = [];
  let opened = [];
  addEventListener("beforeprint", () => {
    if (added.length) return;
    opened = [...document.querySelectorAll("main > details:not([open])")];
    for (const folded of opened) folded.open = true;
    for (const lesson of document.querySelectorAll("main")) {
      const list = document.createElement("section");
      list.className = "printed-answers";
      list.innerHTML = "<h2>Answers</h2>";
      lesson.querySelectorAll(".question").forEach((question, n) => {
        added.push(numberOf(question, n + 1));
        const answer = document.createElement("div");
        answer.innerHTML = `<b>Question ${n + 1}</b>`;
        for (const part of question.querySelectorAll("details.answer > :not(summary)"))
          answer.append(part.cloneNode(true));
        list.append(answer);
      });
      if (list.children.length === 1) continue;
      (lesson.querySelector("[id$=where-to-go-next]") ?? lesson.querySelector(".turn"))?.before(list);
      added.push(list);
    }
  });
  addEventListener("afterprint", () => {
    for (const node of added) node.remove();
    for (const folded of opened) folded.open = false;
    added = [];
    opened = [];
  });
}
