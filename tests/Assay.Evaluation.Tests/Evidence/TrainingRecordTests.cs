using Assay.Data;
using Assay.Evaluation.Evidence;

namespace Assay.Evaluation.Tests.Evidence;

public sealed class TrainingRecordTests : IDisposable
{
    private const string Run = """
        {"format": "assay.run/1", "state": "finished", "text_fingerprint": "abc", "model": {"base_model": {"path": "base", "files": [{"name": "model.safetensors", "sha256": "b1"}]},
         "training": {"method": "Bradley-Terry", "data": {"files": [{"path": "d.jsonl", "sha256": "d1"}], "rows": 10, "set_aside": 2, "set_aside_by_reason": {"over_length": 2}, "left_out_of_split": 1, "train_pairs": 5, "eval_pairs": 2},
          "settings": {"seed": 0, "split": null, "learning_rate": 1E-4, "lr_scheduler_type": "linear", "data": ["d.jsonl"]}}}}
        """;

    private const string Log = """
        {"loss":0.69,"accuracy":0.5,"step":10}
        {"alarm":"flat","step":10}
        {"eval_loss":0.68,"eval_accuracy":0.55,"step":10}

        {"loss":0.6,"accuracy":0.7,"step":20}
        {"train_runtime":3.5,"train_loss":0.65,"eval_loss":0.6,"step":20}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("assay-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    [Fact]
    public void A_run_is_read_whole()
    {
        Write("run.json", Run);
        Write("train_log.jsonl", Log);
        Write("split.json", """{"train": [1, 2], "heldout": [3]}""");
        var record = TrainingRecord.Read(_folder);
        Assert.Equal(("finished", "Bradley-Terry", "base", "abc"), (record.State, record.Method, record.BaseModel, record.TextFingerprint));
        Assert.Equal([new EvidenceInput("d.jsonl", "d1")], record.Data);
        Assert.Equal([new EvidenceInput("model.safetensors", "b1")], record.BaseModelFiles);
        Assert.Equal((10, 5, 2, 1), (record.Rows, record.TrainPairs, record.EvalPairs, record.LeftOutOfSplit));
        Assert.Equal(2, record.SetAside["over_length"]);
        Assert.Equal(
            ["seed=0", "learning_rate=1E-4", "lr_scheduler_type=linear", "data=[\"d.jsonl\"]"],
            record.Settings.Select(setting => $"{setting.Key}={setting.Value}")
        );
        Assert.Equal([(10, 0.69), (20, 0.6)], record.Log.Select(point => (point.Step, point.Values["loss"])));
        Assert.Equal(0.55, Assert.Single(record.Evaluations).Values["eval_accuracy"]);
        Assert.Equal(new TrainingAlarm(10, "flat"), Assert.Single(record.Alarms));
        Assert.Equal(0.65, record.Summary["train_loss"]);
        Assert.Equal([3], record.Split!.Heldout);
    }

    [Fact]
    public void A_model_folder_without_its_run_still_says_where_it_comes_from()
    {
        Write(
            "assay.json",
            """{"format": "assay.model/1", "base_model": {"path": "base"}, "training": {"method": "Bradley-Terry", "data": {"rows": 4}}, "text_fingerprint": "abc"}"""
        );
        var record = TrainingRecord.Read(_folder);
        Assert.Equal(((string?)null, "base", 4L, "abc"), (record.State, record.BaseModel, record.Rows, record.TextFingerprint));
        Assert.Empty(record.Log);
        Assert.Null(record.Split);
    }

    [Fact]
    public void A_last_line_that_a_killed_run_tore_is_left_out_and_one_in_the_middle_is_refused()
    {
        Write(
            "train_log.jsonl",
            """
            {"loss":0.69,"step":10}
            {"loss":0.6,"st
            """
        );
        Assert.Single(TrainingRecord.Read(_folder).Log);
        Write(
            "train_log.jsonl",
            """
            {"loss":0.69,"st
            {"loss":0.6,"step":20}
            """
        );
        Assert.Contains("train_log.jsonl:1:", Assert.Throws<DataFormatException>(() => TrainingRecord.Read(_folder)).Message);
    }

    [Fact]
    public void Lines_listed_by_file_are_no_split_of_one_file()
    {
        Write("run.json", Run);
        Write("split.json", """{"format": "assay.split/1", "train": {"a": [1]}, "heldout": {"b": [1]}}""");
        Assert.Null(TrainingRecord.Read(_folder).Split);
    }

    [Fact]
    public void A_folder_that_is_missing_holds_nothing_or_is_damaged_is_refused_by_name()
    {
        Assert.Throws<DirectoryNotFoundException>(() => TrainingRecord.Read(Path.Combine(_folder, "nowhere")));
        Assert.Contains("no run.json", Assert.Throws<EvaluationException>(() => TrainingRecord.Read(_folder)).Message);
        Write("run.json", "[]");
        Assert.Contains("run.json", Assert.Throws<DataFormatException>(() => TrainingRecord.Read(_folder)).Message);
    }

    [Theory]
    [InlineData("run.json", """{"state": 3}""", "state")]
    [InlineData("run.json", """{"model": {"training": {"data": {"rows": "many"}}}}""", "model.training.data.rows")]
    [InlineData("assay.json", """{"training": {"settings": []}}""", "training.settings")]
    public void A_field_of_another_type_is_refused_by_its_name(string file, string text, string field)
    {
        Write(file, text);
        var message = Assert.Throws<DataFormatException>(() => TrainingRecord.Read(_folder)).Message;
        Assert.Contains(file, message);
        Assert.Contains($"({field})", message);
    }

    [Fact]
    public void A_figure_that_is_no_number_is_none()
    {
        Write("train_log.jsonl", """{"loss": 0.5, "accuracy": "low", "step": 10}""");
        Assert.Equal(["loss", "step"], Assert.Single(TrainingRecord.Read(_folder).Log).Values.Keys);
    }
}
