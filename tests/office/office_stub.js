// A stand-in for Office.js: what xlwings' client and the task pane call, and what Excel does with
// the results of custom functions. It has no grid and calculates nothing.
//
// `excelCell(name, ...arguments)` calls a registered function as a cell does and returns what the
// cell then holds: rows of {value}, {value, format}, {error, hover} or {card, fields}. It follows
// learn.microsoft.com, "Handle and return errors from your custom function" and "Use data types
// with custom functions in Excel": only five errors can be returned, only #VALUE! and #N/A carry a
// sentence, and a value of no known shape is #VALUE!.
(() => {
  const SETS = { CustomFunctionsRuntime: 1.4, ExcelApi: 1.17, SharedRuntime: 1.1 };
  const ready = { host: "Excel", platform: "PC" };
  const table = {};
  const inserted = [];
  let metadata = null;

  class CustomFunctionsError extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  const WITH_SENTENCE = ["#VALUE!", "#N/A"];
  const RETURNED = [...WITH_SENTENCE, "#NUM!", "#DIV/0!", "#NULL!"];

  const application = { cultureInfo: { name: "en-US", datetimeFormat: { shortDatePattern: "m/d/yyyy" } } };
  application.cultureInfo.load = () => {};
  application.cultureInfo.datetimeFormat.load = () => {};
  const activeCell = {
    address: "Sheet1!B2",
    load() {},
    set formulas(rows) {
      if (globalThis.__refuseFormulas) {
        throw new Error("The argument is invalid");
      }
      inserted.push(rows[0][0]);
    },
  };
  class RequestContext {
    constructor() {
      this.application = application;
      this.workbook = { name: "Book1.xlsx", load() {}, getActiveCell: () => activeCell };
    }
    async sync() {}
  }

  globalThis.Office = {
    onReady(callback) {
      callback?.(ready);
      return Promise.resolve(ready);
    },
    context: {
      requirements: {
        isSetSupported: (name, version) => name in SETS && parseFloat(version) <= SETS[name],
      },
      diagnostics: { host: "Excel", platform: "PC", version: "16" },
      displayLanguage: "en-US",
      contentLanguage: "en-US",
    },
    actions: { associate() {} },
    addin: {},
  };
  globalThis.Excel = { RequestContext, run: async (work) => work(new RequestContext()) };
  globalThis.CustomFunctions = {
    associate: (id, implementation) => {
      table[id] = implementation;
    },
    Error: CustomFunctionsError,
    ErrorCode: {
      invalidValue: "#VALUE!",
      notAvailable: "#N/A",
      divisionByZero: "#DIV/0!",
      invalidNumber: "#NUM!",
      nullReference: "#NULL!",
      invalidName: "#NAME?",
      invalidReference: "#REF!",
    },
  };

  function failed(error) {
    if (!(error instanceof CustomFunctionsError) || !RETURNED.includes(error.code)) {
      return { error: "#VALUE!", hover: "" };
    }
    return { error: error.code, hover: WITH_SENTENCE.includes(error.code) ? error.message : "" };
  }

  // A card names fields that it has.
  function laidOut(value) {
    const card = value.layouts.card;
    const named = [card.title.property, ...card.sections.flatMap((one) => one.properties)];
    return named.every((name) => name in value.properties);
  }

  function cell(value) {
    if (value instanceof CustomFunctionsError) {
      return failed(value);
    }
    if (["string", "boolean"].includes(typeof value) || Number.isFinite(value)) {
      return { value };
    }
    if (value?.type === "FormattedNumber" && Number.isFinite(value.basicValue)) {
      return { value: value.basicValue, format: value.numberFormat };
    }
    if (value?.type === "Entity" && typeof value.text === "string" && laidOut(value)) {
      return { card: value.text, fields: Object.keys(value.properties) };
    }
    if (value?.type === "Double" && Number.isFinite(value.basicValue) && laidOut(value)) {
      const fields = Object.keys(value.properties ?? {});
      return { value: value.basicValue, format: value.numberFormat, fields };
    }
    return { error: "#VALUE!", hover: "", unknown: value };
  }

  async function described(name) {
    metadata ??= await (await fetch("/xlwings/custom-functions-meta.json")).json();
    return metadata.functions.find((one) => one.name === name);
  }

  globalThis.excelFunctions = () => Object.keys(table).sort();
  globalThis.excelInserted = inserted;
  globalThis.excelSets = SETS;
  globalThis.excelRaw = async (name, ...given) => table[name](...given, { address: "Sheet1!A1" });
  globalThis.excelCell = async (name, ...given) => {
    const { parameters, id } = await described(name);
    // What a cell shows of a range where single values belong was not seen: there is no such call.
    if (parameters.some((one, place) => one.dimensionality === "scalar" && Array.isArray(given[place]))) {
      return [[{ error: "refused", hover: "" }]];
    }
    // A value left out is null, a range is rows; a parameter that takes single values gets one.
    const passed = parameters.map((parameter, place) => {
      const value = given[place] ?? null;
      return parameter.dimensionality === "matrix" && value !== null && !Array.isArray(value)
        ? [[value]]
        : value;
    });
    const address = `Sheet1!A${1 + (globalThis.__calls = (globalThis.__calls ?? 0) + 1)}`;
    try {
      const rows = await table[id](...passed, { address, parameterAddresses: [] });
      return rows.map((row) => row.map(cell));
    } catch (error) {
      return [[failed(error)]];
    }
  };
})();
