using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Verifiers.Sandboxing;

namespace Assay.Verifiers.Code;

/// <summary>
/// Tests that call an answer's functions. Answer and tests run in two sandboxes that share nothing; a call goes as plain data from one to
/// the other and its value comes back the same way. So an answer has nothing to forge but the values that it returns: it cannot end the
/// tests, change, read or shadow them, bring along an object that equals everything, or say that they passed.
/// </summary>
internal sealed class FunctionTests(Sandbox sandbox, PythonInterpreter python)
{
    public async Task<Verification> Run(string code, CodeTests tests)
    {
        var starts = await Task.WhenAll(Start(PythonSide.OfAnswer), Start(PythonSide.OfTests));
        using var answer = starts[0];
        using var judge = starts[1];
        try
        {
            await Say(answer, new JsonObject { ["programs"] = Programs(code, tests), ["entry"] = Root(tests.Entry) });
            if (await answer.Output.ReadLineAsync() is not { } defined)
                return await Ended(answer, "before any test");
            JsonNode? names;
            try
            {
                var first = JsonNode.Parse(defined);
                if (first?["fault"] is { } fault)
                    return new Verification(Verdict.Wrong, $"before any test: {fault}");
                names = first?["names"]?.DeepClone();
            }
            catch (JsonException)
            {
                return new Verification(Verdict.Wrong, "before any test: the answer spoke in the place of its process");
            }
            await Say(
                judge,
                new JsonObject
                {
                    ["prompt"] = tests.Prompt,
                    ["entry"] = tests.Entry,
                    ["setup"] = tests.Setup,
                    ["code"] = tests.Code,
                    ["list"] = new JsonArray([.. tests.Lines.Select(line => JsonValue.Create(line))]),
                    ["names"] = names ?? new JsonObject(),
                }
            );
            return await Judge(answer, judge);
        }
        catch (IOException)
        {
            // One of the two is gone, and the other wrote to it.
            return answer.HasEnded ? await Ended(answer, "in the tests") : await Ended(judge, "in the tests' own process");
        }
    }

    private async Task<Verification> Judge(SandboxedProcess answer, SandboxedProcess judge)
    {
        int planned = 0,
            passed = 0;
        while (await judge.Output.ReadLineAsync() is { Length: > 0 } line)
        {
            var said = line[1..];
            switch (line[0])
            {
                case '>':
                    await answer.Input.WriteLineAsync(said);
                    await answer.Input.FlushAsync();
                    if (await answer.Output.ReadLineAsync() is not { } reply)
                        return await Ended(answer, $"in test {passed + 1} of {planned}");
                    await judge.Input.WriteLineAsync(reply);
                    await judge.Input.FlushAsync();
                    break;
                case '=':
                    planned = JsonNode.Parse(said)!["tests"]!.GetValue<int>();
                    break;
                case '+':
                    passed++;
                    break;
                case '-':
                    var failed = JsonNode.Parse(said)!;
                    return new Verification(Verdict.Wrong, $"{passed} of {planned} passed, then {failed["test"]}: {failed["why"]}");
                case '!':
                    throw new FormatException($"the tests cannot be run: {JsonNode.Parse(said)!["why"]}");
                case '.' when planned > 0 && passed == planned:
                    return new Verification(Verdict.Correct, $"{passed} of {planned} passed");
            }
        }
        return answer.Beyond is null
            ? await Ended(judge, "in the tests' own process")
            : await Ended(answer, $"in test {passed + 1} of {planned}");
    }

    private Task<SandboxedProcess> Start(string program) => sandbox.Start([python.Path, "-s", "-S", "-B", "-c", program]);

    /// <summary>A completion may be a function's body, whole code that wants what stands before it, or whole code.</summary>
    private static JsonArray Programs(string code, CodeTests tests) =>
        tests.Entry is { } entry && tests.Prompt.Contains($"def {entry}", StringComparison.Ordinal)
            ? [tests.Prompt + code, $"{tests.Prompt}\n{code}", $"{tests.Prompt}\n    pass\n{code}", code]
            : [code];

    private static string? Root(string? entry) => entry?.Split('.', '(')[0];

    private static async Task Say(SandboxedProcess process, JsonObject message)
    {
        await process.Input.WriteLineAsync(message.ToJsonString());
        await process.Input.FlushAsync();
    }

    private static async Task<Verification> Ended(SandboxedProcess process, string when) =>
        new(Verdict.Wrong, $"{when}: {await process.Ending()}");
}
