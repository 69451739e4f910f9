using System.Text.Json;
using Assay.Reward.Objectives;
using Assay.Reward.Training.Settings;
using Assay.Testing;

namespace Assay.Reward.Tests.Training;

public sealed class SettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("assay-recipe-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// TRL's settings whose default differs here on purpose, or which are not to be had (and then the default is harmless or refused).
    /// </summary>
    private static readonly string[] NotSettingsHere =
    [
        "optim",
        "bf16",
        "fp16",
        "activation_checkpointing",
        "gradient_checkpointing",
        "logging_strategy",
        "logging_nan_inf_filter",
        "load_best_model_at_end",
        "full_determinism",
        "dataloader_num_workers",
        "remove_unused_columns",
        "chat_template_path",
        "eos_token",
        "pad_to_multiple_of",
        "pad_token",
    ];

    private static TrainingSettings Read(params GivenSetting[] given) => SettingsReader.Read(given, []);

    private static GivenSetting Flag(string name, params string[] values) => new(name, values, "--" + name.Replace('_', '-'));

    private string RecipeFile(string text)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    [SharedFact]
    public void Every_recorded_default_of_the_reference_is_the_default_here()
    {
        var failures = new Failures();
        var ours = JsonSerializer.SerializeToNode(SettingsReader.Record(new TrainingSettings()))!.AsObject();
        foreach (var (name, value) in TrainingGoldens.Read("facts.json")["defaults"]!["RewardConfig"]!.AsObject())
        {
            failures.Case();
            if (NotSettingsHere.Contains(name))
                continue;
            if (!ours.ContainsKey(name))
                failures.Equal("a setting", "missing", name);
            else if (value is null)
                failures.Equal(null, ours[name]?.ToJsonString(), name);
            else if (value.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                failures.Near(
                    value.GetValue<double>(),
                    double.Parse(ours[name]!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
                    0,
                    name
                );
            else
                failures.Equal(value.ToJsonString(), ours[name]!.ToJsonString(), name);
        }
        failures.AssertNone(42);
    }

    [Fact]
    public void A_recipe_sets_values_and_a_flag_overrides_it()
    {
        var recipe = Recipe.Read(
            RecipeFile(
                "learning_rate: 3e-5\nmax_length: null\nnum_train_epochs: 2\ndata: [a.jsonl, b.jsonl]\nlr_scheduler_type: cosine_with_min_lr\nlr_scheduler_kwargs:\n  min_lr_rate: 0.1\n"
            )
        );
        var settings = SettingsReader.Read([.. recipe, Flag("num_train_epochs", "1")], []);
        Assert.Equal(3e-5, settings.LearningRate);
        Assert.Null(settings.MaxLength);
        Assert.Equal(1, settings.NumTrainEpochs);
        Assert.Equal(["a.jsonl", "b.jsonl"], settings.Data);
        Assert.Equal("""{"min_lr_rate":0.1}""", settings.LrSchedulerKwargs!.ToJsonString());
    }

    [Fact]
    public void An_unknown_key_is_refused_with_its_line_and_the_nearest_name()
    {
        var path = RecipeFile("seed: 1\n\nlearning_rat: 1e-4\n");
        var error = Assert.Throws<RewardException>(() => SettingsReader.Read(Recipe.Read(path), []));
        Assert.Equal($"{path} line 3: unknown setting 'learning_rat' (did you mean 'learning_rate'?)", error.Message);
    }

    [Theory]
    [InlineData("fp16", "true", "loss scaling")]
    [InlineData("dtype", "bfloat16", "bf16")]
    [InlineData("activation_offloading", "true", "gradient_checkpointing")]
    [InlineData("bf16", "yes", "true or false")]
    [InlineData("device", "gpu", "cuda:N")]
    [InlineData("use_cpu", "true", "device: cpu")]
    [InlineData("optim", "sgd", "AdamW")]
    [InlineData("use_dora", "true", "DoRA")]
    [InlineData("r", "8", "it is lora_r here")]
    [InlineData("target_modules", "q_proj", "lora_target_modules")]
    [InlineData("lr", "1e-5", "it is learning_rate here")]
    [InlineData("epochs", "3", "num_train_epochs")]
    [InlineData("batch_size", "8", "per_device_train_batch_size")]
    [InlineData("max_prompt_length", "128", "left out whole")]
    [InlineData("resume_from_checkpoint", "true", "--resume")]
    [InlineData("run_name", "x", "output_dir")]
    [InlineData("dataset_train_split", "train", "ORG/NAME:SPLIT")]
    [InlineData("trust_remote_code", "true", "assay doctor --families")]
    [InlineData("num_labels", "2", "ensemble_heads")]
    [InlineData("hub_model_id", "me/x", "hf upload")]
    [InlineData("beta", "0.1", "it is one of assay dpo")]
    [InlineData("step_separator", "x", "it is one of assay process train")]
    [InlineData("disable_dropout", "false", "dropout")]
    [InlineData("lr_scheduler_type", "triangle", "triangle")]
    [InlineData(
        "loss_type",
        "bradley_terry",
        "sigmoid, robust, hinge, ipo, scaled, soft, rao_kupper, davidson, plackett_luce, length_controlled"
    )]
    [InlineData("label_smoothing", "0.5", "below 0.5")]
    [InlineData("ipo_beta", "0", "above 0")]
    [InlineData("tie_parameter", "2", "rao_kupper and davidson")]
    [InlineData("label_smoothing_factor", "0.1", "label_smoothing")]
    [InlineData("learning_rate", "fast", "a number")]
    [InlineData("learning_rate", "-1", "above 0")]
    [InlineData("per_device_train_batch_size", "0", "1 or more")]
    [InlineData("eval_steps", "2.5", "whole number")]
    [InlineData("max_steps", "0", "-1, or 1")]
    [InlineData("lr_scheduler_kwargs", "[1]", "JSON object")]
    public void What_cannot_be_had_is_refused_by_name_with_the_reason(string name, string value, string reason)
    {
        var error = Assert.Throws<RewardException>(() => Read(Flag(name, value)));
        Assert.Contains(name, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("attn_implementation", "flash_attention_2")]
    [InlineData("do_train", "true")]
    [InlineData("num_labels", "1")]
    [InlineData("fp16", "false")]
    [InlineData("gradient_checkpointing_kwargs", "null")]
    [InlineData("optim", "adamw_torch_fused")]
    [InlineData("gradient_checkpointing", "false")]
    public void A_setting_of_the_reference_that_asks_for_what_is_done_anyway_is_taken(string name, string value) =>
        Assert.Equal(1e-4, Read(Flag(name, value)).LearningRate);

    // What has become a setting is no longer refused.
    [Fact]
    public void No_absent_setting_is_one_of_any_kind() =>
        Assert.Empty(
            SettingsReader.OtherNames.Intersect(
                new[] { TrainingKind.Reward, TrainingKind.Policy, TrainingKind.Steps }
                    .SelectMany(Setting.Of)
                    .Select(setting => setting.Name)
            )
        );

    [Fact]
    public void Warm_up_ratio_is_taken_as_warm_up_steps_with_a_note()
    {
        var notes = new List<string>();
        Assert.Equal(0.1, SettingsReader.Read([Flag("warmup_ratio", "0.1")], notes).WarmupSteps);
        Assert.Contains("warmup_steps", Assert.Single(notes));
        Assert.Throws<RewardException>(() => Read(Flag("warmup_ratio", "0.1"), Flag("warmup_steps", "5")));
        Assert.Throws<RewardException>(() => Read(Flag("warmup_ratio", "5")));
    }

    [Fact]
    public void A_setting_of_another_objective_is_refused_by_name()
    {
        Assert.Contains(
            "only sigmoid and robust have it",
            Assert.Throws<RewardException>(() => Read(Flag("loss_type", "hinge"), Flag("label_smoothing", "0.1"))).Message
        );
        Assert.Contains(
            "above 1",
            Assert.Throws<RewardException>(() => Read(Flag("loss_type", "rao_kupper"), Flag("tie_parameter", "1"))).Message
        );
        Assert.Equal(1, Read(Flag("loss_type", "davidson"), Flag("tie_parameter", "1")).TieParameter);
    }

    [Fact]
    public void Help_and_guide_name_every_objective()
    {
        var description = Setting.All.Single(setting => setting.Name == "loss_type").Description;
        var guide = Repository.Text("docs", "training.md");
        Assert.All(ObjectiveKind.All, kind => Assert.Contains(kind.Name, description), throwIfEmpty: true);
        Assert.All(ObjectiveKind.All, kind => Assert.Contains($"\n| `{kind.Name}`", guide), throwIfEmpty: true);
        Assert.Equal(ObjectiveKind.All[0].Name, new TrainingSettings().LossType);
    }

    [Fact]
    public void Two_ways_to_hold_out_are_refused()
    {
        var error = Assert.Throws<RewardException>(() => Read(Flag("eval_split", "0.1"), Flag("split", "s.json")));
        Assert.Contains("give one", error.Message);
    }

    [Fact]
    public void Yaml_that_does_not_parse_is_refused_with_its_line()
    {
        var error = Assert.Throws<RewardException>(() => Recipe.Read(RecipeFile("seed: 1\ndata: [a,\n")));
        Assert.Contains("line ", error.Message);
        Assert.Throws<RewardException>(() => Recipe.Read(RecipeFile("- a\n- b\n")));
    }
}
