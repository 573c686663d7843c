// What does the task pane do? It finds a function, shows its arguments with units, bounds and
// source, writes the formula as they are filled in, and inserts it into the selected cell.
const appPath = globalThis.config?.appPath ?? "";
const element = (id) => document.getElementById(id);
let namespace = "";
let functions = [];
let shown = null;

function made(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text ?? "";
  if (className) {
    node.className = className;
  }
  return node;
}

function matching(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (one) => {
    const name = one.name.toLowerCase();
    const near = `${name.replaceAll("_", " ")} ${one.topic} ${one.summary}`.toLowerCase();
    const far = `${near} ${one.arguments.map((a) => `${a.name} ${a.help}`).join(" ")}`;
    if (words.every((word) => name.includes(word))) return 0;
    if (words.every((word) => near.includes(word))) return 1;
    return words.every((word) => far.toLowerCase().includes(word)) ? 2 : 3;
  };
  const ranked = functions.map((one, place) => [rank(one), place, one]);
  return ranked.filter(([r]) => r < 3).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((r) => r[2]);
}

function list() {
  const text = element("search").value;
  const found = matching(text);
  element("count").textContent = found.length
    ? `${found.length} of ${functions.length} functions`
    : "No function has all of these words.";
  const nodes = [];
  let topic = "";
  for (const one of found) {
    if (!text.trim() && one.topic !== topic) {
      topic = one.topic;
      nodes.push(made("li", topic, "topic"));
    }
    const item = document.createElement("li");
    const button = made("button", "", "entry");
    button.type = "button";
    button.append(made("b", one.name), made("span", one.summary));
    button.addEventListener("click", () => show(one));
    item.append(button);
    nodes.push(item);
  }
  element("found").replaceChildren(...nodes);
}

function field(argument) {
  const row = document.createElement("div");
  row.className = "argument";
  const label = made("label", argument.name);
  label.htmlFor = `argument-${argument.name}`;
  label.append(made("span", argument.unit, "unit"));
  let input;
  if (argument.choices.length) {
    input = document.createElement("select");
    const rest = argument.optional ? `left out: ${argument.default}` : "choose one";
    input.append(new Option(rest, ""));
    for (const choice of argument.choices) {
      const option = new Option(choice.value, `"${choice.value}"`);
      option.title = choice.note;
      input.append(option);
    }
    input.value = argument.choices.some((c) => `"${c.value}"` === argument.example)
      ? argument.example
      : "";
  } else {
    input = document.createElement("input");
    input.value = argument.example;
    input.placeholder = argument.optional
      ? `left out${argument.default && `: ${argument.default}`}`
      : "a value or a cell, as A2";
    input.autocomplete = "off";
    input.spellcheck = false;
  }
  input.id = label.htmlFor;
  input.name = argument.name;
  input.addEventListener("input", write);
  const note = made("p", argument.help, "help");
  const bounds = made("p", argument.bounds, "bounds");
  if (argument.choices.length) {
    const tell = () => {
      const chosen = argument.choices.find((c) => `"${c.value}"` === input.value);
      bounds.textContent = chosen?.note ?? "";
    };
    input.addEventListener("input", tell);
    tell();
  }
  row.append(label, input, note, bounds);
  return row;
}

function formula() {
  const given = shown.arguments.map((a) => element(`argument-${a.name}`).value.trim());
  while (given.length && !given[given.length - 1]) {
    given.pop();
  }
  return `=${namespace}.${shown.name}(${given.join(",")})`;
}

function missing() {
  const empty = (a) => !a.optional && !element(`argument-${a.name}`).value.trim();
  return shown.arguments.filter(empty).map((a) => a.name);
}

function write() {
  element("formula").textContent = formula();
  element("insert").disabled = missing().length > 0;
  tell(missing().length ? `Still needed: ${missing().join(", ")}` : "");
}

function tell(text, kind = "") {
  element("done").textContent = text;
  element("done").className = kind;
}

function show(one) {
  shown = one;
  element("name").textContent = one.name;
  element("summary").textContent = `${one.summary} `;
  element("summary").append(made("span", one.unit, "unit"));
  element("arguments").replaceChildren(...one.arguments.map(field));
  element("details").replaceChildren(
    ...one.details.split("\n\n").filter(Boolean).map((text) => made("p", text)),
  );
  element("errors").replaceChildren(
    ...one.errors.flatMap((error) => [made("dt", error.code), made("dd", error.when)]),
  );
  element("source").textContent = one.source;
  write();
  view(true);
  element("back").focus();
}

function view(one) {
  element("function").hidden = !one;
  element("found").hidden = one;
  element("count").hidden = one;
  globalThis.scrollTo(0, 0);
}

async function insert() {
  const text = formula();
  try {
    let address;
    await Excel.run(async (context) => {
      const cell = context.workbook.getActiveCell();
      cell.formulas = [[text]];
      cell.load("address");
      await context.sync();
      address = cell.address;
    });
    tell(`Inserted into ${address}.`, "good");
  } catch (error) {
    tell(`Excel did not take the formula: ${error.message}`, "bad");
  }
}

function listFailures() {
  const failures = globalThis.xlcalcFailures ?? [];
  element("failures").hidden = failures.length === 0;
  element("failure-count").textContent = failures.length;
  element("failure-list").replaceChildren(
    ...failures.map((one) => {
      const item = document.createElement("li");
      item.append(made("b", `${one.address || one.functionName} ${one.code}`), made("span", one.sentence));
      return item;
    }),
  );
}

async function begin() {
  try {
    const answer = await fetch(`${appPath}/functions.json`);
    if (!answer.ok) {
      throw new Error(`the server answers ${answer.status}`);
    }
    ({ namespace, functions } = await answer.json());
    list();
  } catch (error) {
    element("count").textContent = `The functions cannot be shown: ${error.message}.`;
  }
}

element("search").addEventListener("input", () => {
  view(false);
  list();
});
element("back").addEventListener("click", () => {
  view(false);
  element("search").focus();
});
element("arguments").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!element("insert").disabled) {
    insert();
  }
});
element("insert").addEventListener("click", insert);
globalThis.addEventListener("xlcalc-failures", listFailures);
listFailures();
begin();
