// What stands between Excel and xlwings' own code of custom functions?
//
// xlwings' code sends each call to the server. Here its functions are wrapped when they are
// registered, so that
// - cells with data types (stocks, our cards) go to the server as they are, anywhere in a range;
// - an error comes back as a CustomFunctions.Error with its sentence, in its own cell;
// - a number comes back with its number format;
// - a call waits for a server that is being started again.
(() => {
  // Excel shows a sentence for #VALUE! and #N/A alone, and takes neither #NAME? nor #REF! from an
  // add-in (learn.microsoft.com, "Handle and return errors from your custom function").
  const ERROR_CODES = {
    Div0: "divisionByZero",
    NotAvailable: "notAvailable",
    Null: "nullReference",
    Num: "invalidNumber",
    Value: "invalidValue",
  };
  const FORMATTED_CELLS = 1000; // each costs an object where a bare number would do
  const FAILURES_KEPT = 100;
  const WAIT_FOR_SERVER = 60000; // milliseconds
  const numberFormats = JSON.parse(document.getElementById("number-formats").textContent);
  const failures = [];
  let serverIsBack = null;

  globalThis.xlcalcFailures = failures;

  function keep(functionName, invocation, error) {
    const address = invocation?.address ?? "";
    const known = failures.findIndex((one) => one.address === address && address);
    if (known >= 0) {
      failures.splice(known, 1);
    }
    failures.unshift({ address, functionName, code: error.code, sentence: error.message ?? "" });
    failures.length = Math.min(failures.length, FAILURES_KEPT);
    globalThis.dispatchEvent(new Event("xlcalc-failures"));
  }

  function forget(invocation) {
    const known = failures.findIndex((one) => one.address && one.address === invocation?.address);
    if (known >= 0) {
      failures.splice(known, 1);
      globalThis.dispatchEvent(new Event("xlcalc-failures"));
    }
  }

  // xlwings replaces a whole range by a marker if its first cell holds a data type. Under another
  // type it lets the cell pass, and the server reads the rest of it.
  function sent(cell) {
    if (Array.isArray(cell)) {
      return cell.map(sent);
    }
    if (cell?.type !== "Entity" && cell?.type !== "LinkedEntity") {
      return cell;
    }
    const own = cell.properties?.xlcalc;
    return { type: "DataType", text: cell.text, properties: own ? { xlcalc: own } : {} };
  }

  function excelError(value) {
    const code = ERROR_CODES[value.errorType] ?? "invalidValue";
    return new CustomFunctions.Error(CustomFunctions.ErrorCode[code], value.message);
  }

  function takesFormats() {
    return Office.context.requirements.isSetSupported("CustomFunctionsRuntime", "1.4");
  }

  function received(functionName, rows, invocation) {
    if (!Array.isArray(rows)) {
      return rows;
    }
    const cells = rows.reduce((sum, row) => sum + row.length, 0);
    const format = cells <= FORMATTED_CELLS && takesFormats() && numberFormats[functionName];
    let failure = null;
    const shown = rows.map((row) =>
      row.map((cell) => {
        if (cell?.type === "Error") {
          const error = excelError(cell);
          failure ??= error;
          return error;
        }
        if (format && typeof cell === "number") {
          return { type: "FormattedNumber", basicValue: cell, numberFormat: format };
        }
        return cell;
      }),
    );
    if (failure) {
      keep(functionName, invocation, failure);
      if (cells === 1) {
        throw failure;
      }
    } else {
      forget(invocation);
    }
    return shown;
  }

  async function serverAnswers() {
    try {
      const path = `${globalThis.config?.appPath ?? ""}/health`;
      return (await fetch(path, { cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  // All calls that failed wait together; each asks once more when the server is back.
  async function untilServerIsBack() {
    const until = Date.now() + WAIT_FOR_SERVER;
    for (let pause = 250; Date.now() < until; pause = Math.min(2 * pause, 4000)) {
      await new Promise((done) => setTimeout(done, pause));
      if (await serverAnswers()) {
        return true;
      }
    }
    return false;
  }

  async function called(call) {
    try {
      return await call();
    } catch {
      // What our functions find wrong is a result, so a failure is the server's or the line's. It
      // may be back by now.
      if (await serverAnswers()) {
        return await call();
      }
      serverIsBack ??= untilServerIsBack().finally(() => {
        serverIsBack = null;
      });
      if (await serverIsBack) {
        return await call();
      }
      throw new CustomFunctions.Error(
        CustomFunctions.ErrorCode.notAvailable,
        "The server of these functions does not answer; calculate again with Ctrl+Alt+F9 later",
      );
    }
  }

  const associate = CustomFunctions.associate.bind(CustomFunctions);
  CustomFunctions.associate = (id, implementation) => {
    associate(id, async (...cells) => {
      const invocation = cells.pop();
      let rows;
      try {
        // xlwings' code may change its arguments in place: a second call gets fresh ones.
        rows = await called(() => implementation(...cells.map(sent), invocation));
      } catch (error) {
        keep(id, invocation, error);
        throw error;
      }
      return received(id, rows, invocation);
    });
  };
})();
