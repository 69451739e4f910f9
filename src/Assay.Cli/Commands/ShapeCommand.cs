using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Outputs;
using Assay.Evaluation.Shaping;
using Assay.Ground.Files;

namespace Assay.Cli.Commands;

/// <summary><c>assay shape</c>: scores of groups of answers to the rewards and advantages that a policy loop trains on.</summary>
internal static class ShapeCommand
{
    private const string Examples = """
          assay shape --input scored.jsonl --output advantages.jsonl                                    # GRPO, scaled by group
          assay shape --input scored.jsonl --output advantages.jsonl --num-generations 8 --advantage rloo --beta 0.05
          assay shape --input scored.jsonl --output rewards.jsonl --advantage none --reward-clip-range -5 5 --whiten-rewards
          assay shape --input scored.jsonl --output advantages.jsonl --max-completion-length 1024 --soft-punish-cache 128
        """;

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        var input = new Option<string>("--input")
        {
            Description = "JSON Lines: score (null for none), and group or prompt; logprobs and ref_logprobs, or kl; completion_tokens.",
            Required = true,
            HelpName = "FILE",
        };
        var output = new Option<string>("--output")
        {
            Description = "File to write: the same lines with shaped_reward and advantage.",
            Required = true,
            HelpName = "FILE",
        };
        var generations = new Option<int?>("--num-generations")
        {
            Description = "Consecutive lines that are answers to one prompt, instead of group or prompt.",
            HelpName = "N",
        };
        var advantage = OneOf<AdvantageKind>(
            "--advantage",
            "What a reward is compared with: the mean of its group (grpo), of the others of its group (rloo), or nothing.",
            AdvantageKind.Grpo
        );
        var scale = OneOf<RewardScale>(
            "--scale-rewards",
            "What grpo divides by: the standard deviation of the group, of the batch (all lines), or nothing.",
            RewardScale.Group
        );
        var normalize = new Option<bool>("--normalize-advantages")
        {
            Description = "For rloo: take off the mean of all advantages and divide by their standard deviation.",
        };
        var beta = new Option<double>("--beta")
        {
            Description = "KL penalty: so much of the answer's KL, in nats, is taken off its score.",
            HelpName = "NUMBER",
        };
        var estimator = OneOf<KlEstimator>("--kl-estimator", "What is summed over the answer's tokens for the KL.", KlEstimator.K1);
        var clip = new Option<double[]>("--reward-clip-range")
        {
            Description = "Lowest and highest score kept.",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
            HelpName = "LOW HIGH",
        };
        var whiten = new Option<bool>("--whiten-rewards")
        {
            Description = "Divide rewards by their standard deviation over all lines and keep their mean.",
        };
        var penalty = new Option<double>("--length-penalty")
        {
            Description = "Taken off for each token of the answer.",
            HelpName = "NUMBER",
        };
        var longest = new Option<int?>("--max-completion-length")
        {
            Description = "DAPO's soft overlong punishment: answers longer than this lose 1.",
            HelpName = "TOKENS",
        };
        var cache = new Option<int>("--soft-punish-cache")
        {
            Description = "The punishment grows from 0 to 1 over the last so many tokens.",
            HelpName = "TOKENS",
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "shape",
            "Turn scores of groups of answers into rewards and advantages for a policy loop, as TRL computes them: length penalty, clip, KL penalty, whitening, then GRPO's or RLOO's advantage."
        )
        {
            input,
            output,
            generations,
            advantage,
            scale,
            normalize,
            beta,
            estimator,
            clip,
            whiten,
            penalty,
            longest,
            cache,
            json,
        };
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var range = parsed.GetValue(clip) ?? [];
            var shaping = new RewardShaping
            {
                Advantage = Read<AdvantageKind>(parsed.GetValue(advantage)!),
                ScaleRewards = Read<RewardScale>(parsed.GetValue(scale)!),
                NormalizeAdvantages = parsed.GetValue(normalize),
                Beta = parsed.GetValue(beta),
                KlEstimator = Read<KlEstimator>(parsed.GetValue(estimator)!),
                RewardClipRange = range is [var low, var high] ? (low, high) : null,
                WhitenRewards = parsed.GetValue(whiten),
                LengthPenalty = parsed.GetValue(penalty),
                MaxCompletionLength = parsed.GetValue(longest),
                SoftPunishCache = parsed.GetValue(cache),
            };
            if (shaping.NormalizeAdvantages && shaping.Advantage != AdvantageKind.Rloo)
                throw new UsageException("--normalize-advantages is of --advantage rloo; grpo has --scale-rewards");
            if (parsed.GetResult(scale) is { Implicit: false } && shaping.Advantage != AdvantageKind.Grpo)
                throw new UsageException("--scale-rewards is of --advantage grpo");
            if (parsed.GetValue(generations) < 1)
                throw new UsageException($"--num-generations is {parsed.GetValue(generations)}, wanted 1 or more");
            string from = parsed.GetRequiredValue(input),
                to = parsed.GetRequiredValue(output);
            using var claim = OutputClaim.File("shape", to, [from], overwrite.Read(parsed));
            return Run(from, to, parsed.GetValue(generations), shaping, parsed.GetValue(json));
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static int Run(string input, string output, int? generations, RewardShaping shaping, bool json)
    {
        var shaped = ShapedRewards.Of([.. RewardRow.Read(input, generations)], shaping);
        using (var file = new OutputFile(output))
        {
            foreach (var line in shaped.Lines())
                file.Stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, OneLine), (byte)'\n']);
            file.Commit();
        }
        if (json)
        {
            Terminal.PrintJson(
                new JsonObject
                {
                    ["format"] = "assay.shape/1",
                    ["output"] = output,
                    ["answers"] = shaped.Answers,
                    ["unscored"] = shaped.Unscored,
                    ["groups"] = shaped.Groups,
                    ["reward"] = Finite(shaped.RewardMean),
                    ["reward_std"] = Finite(shaped.RewardStd),
                    ["frac_reward_zero_std"] = Finite(shaped.FracRewardZeroStd),
                }
            );
        }
        else
        {
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{shaped.Answers} answers in {shaped.Groups} groups to {output}{(shaped.Unscored > 0 ? $", {shaped.Unscored} of them without a score (advantage 0)" : "")}"
                )
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"reward {shaped.RewardMean:0.0000} ± {shaped.RewardStd:0.0000}; {shaped.FracRewardZeroStd:0.0 %} of groups have no spread and teach nothing"
                )
            );
        }
        return ExitCode.Success;
    }

    private static JsonNode? Finite(double value) => double.IsFinite(value) ? value : null;

    private static Option<string> OneOf<T>(string name, string description, T first)
        where T : struct, Enum
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => Name(first) };
        option.AcceptOnlyFromAmong([.. Enum.GetValues<T>().Select(Name)]);
        return option;
    }

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static T Read<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name, ignoreCase: true);
}
