using System.Globalization;
using System.Text.Json.Nodes;

namespace Assay.Verifiers.Tests.Code;

/// <summary>
/// Small tasks with answers that are right or wrong by how they were written, and tests whose values are computed here, in C#, in each form
/// that data sets have.
/// </summary>
internal static class GeneratedTasks
{
    private sealed record Kind(string Parameters, Func<int, Func<int[], string>> Truth, Func<int, (string Right, string Wrong)[]> Bodies);

    // The values are lists of whole numbers; truths and bodies know a number k that differs from task to task.
    private static readonly Kind[] Kinds =
    [
        new(
            "xs",
            k => xs => $"{xs.Sum() + k}",
            k =>
                [
                    ($"return sum(xs) + {k}", $"return sum(xs) - {k}"),
                    (
                        $"total = {k}\nfor x in xs:\n    total += x\nreturn total",
                        $"total = {k}\nfor x in xs[1:]:\n    total += x\nreturn total"
                    ),
                    ($"import functools\nreturn functools.reduce(lambda a, b: a + b, xs, {k})", "return None"),
                ]
        ),
        new(
            "xs",
            k => xs => List(xs.Select(x => x * k)),
            k =>
                [
                    ($"return [x * {k} for x in xs]", $"return (x * {k} for x in xs)"),
                    ($"return list(map(lambda x: {k} * x, xs))", $"return tuple(x * {k} for x in xs)"),
                    (
                        $"out = []\nfor x in xs:\n    out.append(x * {k})\nreturn out",
                        $"out = []\nfor x in xs:\n    out.append(x + {k})\nreturn out"
                    ),
                ]
        ),
        new(
            "xs",
            k => xs => $"{xs.Count(x => x % k == 0)}",
            k =>
                [
                    ($"return sum(1 for x in xs if x % {k} == 0)", $"return sum(1 for x in xs if x % {k} == 1)"),
                    ($"return len([x for x in xs if not x % {k}])", $"return len([x for x in xs if not x % {k}]) + 1"),
                    (
                        $"n = 0\nfor x in xs:\n    if x % {k} == 0:\n        n += 1\nreturn n",
                        $"n = 0\nfor x in xs:\n    if x % {k} == 0:\n        n += 1\n    return n"
                    ),
                ]
        ),
        new(
            "xs",
            k => xs => List(xs.Distinct().Order().Take(k)),
            k =>
                [
                    ($"return sorted(set(xs))[:{k}]", $"return sorted(xs)[:{k}]"),
                    (
                        $"out = []\nfor x in sorted(xs):\n    if x not in out:\n        out.append(x)\nreturn out[:{k}]",
                        $"return list(set(xs))[:{k}][::-1]"
                    ),
                    ($"import heapq\nreturn heapq.nsmallest({k}, set(xs))", $"import heapq\nreturn heapq.nlargest({k}, set(xs))"),
                ]
        ),
        new(
            "xs",
            k => xs => xs.Max() - xs.Min() > k ? "True" : "False",
            k =>
                [
                    ($"return max(xs) - min(xs) > {k}", $"return max(xs) - min(xs) < {k}"),
                    ($"s = sorted(xs)\nreturn s[-1] - s[0] > {k}", $"raise ValueError(xs)"),
                    ($"return any(a - b > {k} for a in xs for b in xs)", $"return 'yes' if max(xs) - min(xs) > {k} else 'no'"),
                ]
        ),
        new(
            "xs",
            k => xs => List(xs.Skip(k % xs.Length).Concat(xs.Take(k % xs.Length))),
            k =>
                [
                    ($"i = {k} % len(xs)\nreturn xs[i:] + xs[:i]", $"i = {k} % len(xs)\nreturn xs[:i] + xs[i:]"),
                    (
                        $"from collections import deque\nd = deque(xs)\nd.rotate(-{k})\nreturn list(d)",
                        $"from collections import deque\nd = deque(xs)\nd.rotate({k} + 1)\nreturn list(d)"
                    ),
                    ($"xs = list(xs)\nfor _ in range({k}):\n    xs.append(xs.pop(0))\nreturn xs", $"xs.append(xs.pop)\nreturn xs"),
                ]
        ),
    ];

    /// <summary>Rows of a JSON Lines file: completion, the fields of its tests, and whether it is right.</summary>
    public static IEnumerable<JsonObject> Rows(int count)
    {
        Random random = new(20_261_129);
        for (var i = 0; i < count; i++)
        {
            var kind = Kinds[i % Kinds.Length];
            var k = random.Next(2, 6);
            var (right, wrong) = kind.Bodies(k)[i / 2 / Kinds.Length % 3];
            var isRight = i / Kinds.Length % 2 == 0;
            int[][] inputs = [.. Enumerable.Range(0, 4).Select(_ => Numbers(random)), [9, 1, 1, 4, 2, 2, 30]];
            yield return Row(i, inputs, [.. inputs.Select(kind.Truth(k))], isRight ? right : wrong, isRight);
        }
    }

    private static int[] Numbers(Random random) => [.. Enumerable.Range(0, random.Next(5, 9)).Select(_ => random.Next(0, 20)), 6, 6, 40];

    private static JsonObject Row(int i, int[][] inputs, string[] outputs, string body, bool isRight)
    {
        var name = $"task_{i}";
        var header = $"def {name}(xs):\n";
        var indented = string.Concat(body.Split('\n').Select(line => $"    {line}\n"));
        string[] asserts = [.. inputs.Zip(outputs, (input, output) => $"assert {name}({List(input)}) == {output}")];
        JsonObject row = new()
        {
            ["id"] = name,
            ["label"] = isRight,
            ["completion"] = $"```python\n{header}{indented}```",
        };
        switch (i / (2 * Kinds.Length) % 5)
        {
            case 0:
                (row["prompt"], row["entry_point"]) = ($"{header}    \"\"\"What {name} does.\"\"\"\n", name);
                row["completion"] = indented;
                row["test"] =
                    "def check(candidate):\n"
                    + string.Concat(asserts.Select(one => $"    {one.Replace(name, "candidate", StringComparison.Ordinal)}\n"));
                break;
            case 1:
                row["test_list"] = new JsonArray([.. asserts.Select(one => JsonValue.Create(one))]);
                break;
            case 2:
                row["tests"] =
                    $"from solution import {name}\n" + string.Concat(asserts.Select((one, j) => $"\ndef test_{j}():\n    {one}\n"));
                break;
            case 3:
                row["tests"] =
                    "import unittest\n\nclass Cases(unittest.TestCase):\n"
                    + string.Concat(
                        inputs.Select(
                            (input, j) => $"    def test_{j}(self):\n        self.assertEqual({name}({List(input)}), {outputs[j]})\n"
                        )
                    );
                break;
            default:
                row["completion"] = $"Here it is:\n```python\n{header}{indented}\nimport json\nprint({name}(json.loads(input())))\n```";
                row["tests"] = new JsonArray([
                    .. inputs
                        .Take(1)
                        .Append(inputs[^1])
                        .Zip(
                            [outputs[0], outputs[^1]],
                            (input, output) => new JsonObject { ["input"] = List(input) + "\n", ["output"] = output + "\n" }
                        ),
                ]);
                break;
        }
        return row;
    }

    private static string List(IEnumerable<int> values) =>
        $"[{string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";
}
