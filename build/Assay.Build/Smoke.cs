namespace Assay.Build;

/// <summary>
/// A user's first ten minutes, against the built command line: the verbs answer, the exit codes are right, the quickstart's model is scored
/// and judged.
/// </summary>
internal static class Smoke
{
    public static int Run()
    {
        Shell.Say("smoke run of the built command line");
        var work = Directory.CreateTempSubdirectory("assay-smoke-").FullName;
        try
        {
            Steps(new AssayCalls(), work);
            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Steps(AssayCalls assay, string work)
    {
        string In(params string[] parts) => Path.Combine([work, .. parts]);

        assay.Expect(0, "--version");
        assay.Expect(0, "--help").Says("train");
        // Exit code 1 says that something of this machine should be mended, which is not this test's matter.
        assay.ExpectOneOf([0, 1], "doctor").Says("libtorch");
        assay.Expect(2, "trian");
        assay
            .Expect(2, "train", "--model", In("nowhere"), "--data", In("nothing.jsonl"), "--output-dir", In("model"))
            .Says("nothing.jsonl");

        var quickstart = In("quickstart");
        string Of(params string[] parts) => Path.Combine([quickstart, .. parts]);
        string model = Of("repaired"),
            held = Of("split", "eval.jsonl"),
            splits = Of("split", "split.json");
        assay.Expect(0, "quickstart", "--output-dir", quickstart, "--json").Says("\"format\": \"assay.quickstart/1\"");
        assay.Expect(0, "inspect", model);

        // The planted shortcut is refused and named; the repaired model passes; ten labels cannot tell.
        assay
            .Expect(1, "gate", "--use", "best-of-n", "--evidence", Of("evidence-as-is"), splits, "--model", Of("as-is"))
            .Says("not ready for best-of-n: ")
            .Says("length_accuracy_gap: ");
        assay
            .Expect(0, "gate", "--use", "best-of-n", "--evidence", Of("evidence-repaired"), splits, "--model", model)
            .Says("ready for best-of-n");
        assay.Expect(0, "gate", "--verify", model);

        // Judging starts no engine: these run where libtorch cannot be loaded, and what runs a model says so.
        var judging = new AssayCalls(environment: new Dictionary<string, string> { ["LIBTORCH"] = In("no-libtorch") });
        judging.Expect(0, "gate", "--use", "best-of-n", "--evidence", Of("evidence-repaired"), splits, "--model", model);
        judging.Expect(0, "gate", "--verify", model);
        judging.Expect(0, "compare", Of("evidence-repaired"), Of("evidence-as-is"));
        judging.ExpectOneOf([0, 1], "select", Of("evidence-repaired"), Of("evidence-as-is"));
        judging.Expect(0, "report", "--evidence", Of("evidence-repaired"), "--model", model, "--output", In("without-engine.html"));
        judging.Expect(2, "score", "--model", model, "--input", held, "--output", In("none.jsonl")).Says("LIBTORCH names");
        assay.Expect(2, "gate", "--use", "monitor", "--evidence", Of("evidence-as-is"), "--model", model);
        var ten = In("ten.jsonl");
        File.WriteAllLines(ten, File.ReadLines(held).Take(10));
        foreach (var verb in (string[])["eval", "audit"])
            assay.Expect(0, verb, "--model", model, "--data", ten, "--output-dir", In("evidence-ten"));
        assay.Expect(3, "gate", "--use", "monitor", "--evidence", In("evidence-ten")).Says("cannot tell for monitor");

        assay
            .Expect(0, "eval", "--model", model, "--data", held, "--output-dir", In("evidence"), "--store-reference", "--json")
            .Says("\"accuracy\"");
        assay.Expect(0, "compare", Of("evidence-repaired"), Of("evidence-as-is")).Says("scored by all");
        assay.Expect(0, "report", "--evidence", Of("evidence-repaired"), "--model", model, "--output", In("report.html"));
        var scores = In("scores.jsonl");
        assay.Expect(0, "score", "--model", model, "--input", held, "--output", scores, "--require-gate", "best-of-n");
        if (File.ReadLines(scores).Count() != File.ReadLines(held).Count())
            throw new StepException($"smoke: {scores} has not a line for each of {held}");
        if (!File.ReadAllText(scores).Contains("chosen_percentile"))
            throw new StepException($"smoke: {scores} has no chosen_percentile");
        assay.Expect(1, "score", "--model", model, "--input", ten, "--output", In("ten-scores.jsonl"), "--require-gate", "rl");
        assay.Expect(1, "score", "--model", Of("as-is"), "--input", ten, "--output", In("ten-scores.jsonl"), "--require-gate");

        // What was written is what docs/schemas says; an answer that lacks a field is refused.
        assay.Expect(0, "check", "--data", held, "--output-dir", In("quality"));
        assay.Expect(0, "compare", Of("evidence-repaired"), Of("evidence-as-is"), "--output-dir", In("compared"));
        Schemas.Hold(
            assay,
            work,
            Directory.CreateDirectory(In("schemas")).FullName,
            "eval",
            "audit",
            "fresh",
            "gate",
            "split",
            "check_report",
            "compare",
            "reference_scores",
            "model",
            "run"
        );
        File.WriteAllText(In("less.jsonl"), "{\"completion\": \"{\\\"format\\\": \\\"assay.eval/1\\\"}\"}\n");
        assay
            .Expect(
                0,
                "verify",
                "--input",
                In("less.jsonl"),
                "--using",
                "json-schema",
                "--schema",
                Shell.Within("docs", "schemas", "eval.schema.json")
            )
            .Says(" 0 correct, 1 wrong,");

        // A line that cannot be read is named by file and line; exit code 2.
        File.WriteAllText(In("broken.jsonl"), "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n{\"prompt\": \n");
        assay.Expect(2, "check", "--data", In("broken.jsonl"), "--output-dir", In("checked")).Says("broken.jsonl");
    }
}
