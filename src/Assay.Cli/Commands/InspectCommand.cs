using System.CommandLine;
using Assay.Cli.Inspection;
using Assay.Data;
using Assay.Data.Reading;
using Assay.Ground.Files;
using Assay.Hub;
using Assay.Models;
using Assay.Models.Checkpoints;
using Assay.Models.Packing;
using Assay.Reward;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay inspect PATH</c>: what a checkpoint, weight file, data file or run is. <c>assay inspect text</c>: a conversation as the model
/// reads it, and what looks wrong.
/// </summary>
internal static class InspectCommand
{
    private const int DefaultRowCount = 3;

    public static Command Create()
    {
        var path = new Argument<string>("path")
        {
            Description =
                "A checkpoint folder, .gguf, .safetensors, data file, the folder of a run, or a model of the Hugging Face hub (ORG/NAME).",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor." };
        var rows = new Option<int>("--rows")
        {
            Description = "How many rows of a data file to show.",
            DefaultValueFactory = _ => DefaultRowCount,
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of lines." };
        var command = new Command(
            "inspect",
            "Show what a checkpoint, data file or run is; 'inspect text' shows a conversation as the model reads it."
        )
        {
            path,
            tensors,
            rows,
            json,
            Text(),
        };
        var fields = new FieldOptions(command);
        command.SetAction(parsed =>
        {
            var given =
                parsed.GetValue(path)
                ?? throw new UsageException(
                    "inspect: name a checkpoint, weight file, data file or run folder, or use 'inspect text --model DIR'"
                );
            var found = PathInspection.Of(FromHub.Model(given), parsed.GetValue(rows), parsed.GetValue(tensors), fields.Read(parsed));
            if (parsed.GetValue(json))
                Terminal.PrintJson(found);
            else
                Outline.Print(Console.Out, found);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Text()
    {
        var model = new ModelOption("The model's folder, or a GGUF file in it.", DataOption.Need.Required, ModelParts.Text);
        var input = new Option<string>("--input") { Description = "A file of conversations, pairs or texts.", HelpName = "FILE" };
        var row = new Option<long>("--row") { Description = "Which row of the file, from 1.", DefaultValueFactory = _ => 1 };
        var template = new Option<string>("--chat-template")
        {
            Description = "A Jinja file, 'plain', or the name of one of the model's templates.",
            HelpName = "FILE_OR_NAME",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of lines." };
        var conversation = new Argument<string>("conversation")
        {
            Description =
                "The conversation as JSON (an array of messages, or a row as in a data file) or plain text, taken as a user's turn; '-' or nothing reads standard input.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("text", "Show a conversation as text and tokens, which token is scored, and what looks wrong.")
        {
            model,
            model.Revision,
            input,
            row,
            template,
            json,
            conversation,
        };
        var fields = new FieldOptions(command);
        command.SetAction(parsed =>
        {
            var folder = ModelFolder.Of(model.Read(parsed)!);
            if (!Directory.Exists(folder))
                throw new DirectoryNotFoundException($"{folder}: no such folder; --model wants a checkpoint's folder or a GGUF file in it");
            if (parsed.GetValue(input) is not null && parsed.GetValue(conversation) is not null)
                throw new UsageException("inspect text: give --input or a conversation, not both");
            var conversations = parsed.GetValue(input) is { } file
                ? FromFile(file, parsed.GetValue(row), fields.Read(parsed))
                : ConversationText.Parse(parsed.GetValue(conversation) is { } given and not "-" ? given : Console.In.ReadToEnd());
            var encoder = ConversationEncoder.Load(folder, parsed.GetValue(template));
            var scored = Scored(folder);
            var views = conversations
                .Select(c => new TextView(c.Name, ConversationInspection.Of(encoder, c.Conversation), scored))
                .ToList();
            if (parsed.GetValue(json))
                Terminal.PrintJson(TextView.ToJson(views, encoder.Fingerprint));
            else
                foreach (var view in views)
                    view.Print(Console.Out, Paint.ForOutput());
            return ExitCode.Success;
        });
        return command;
    }

    // A tokenizer's folder without a model's configuration is taken for a causal model's; an adapter's is its base model's.
    private static ScoredToken Scored(string folder)
    {
        if (!CheckpointFolder.IsModel(folder))
            return ScoredToken.Last;
        var path = Path.Combine(folder, CheckpointFileNames.Config);
        using var adapted = File.Exists(path) ? null : Checkpoint.Open(folder);
        var config = adapted?.Config ?? ConfigFile.Open(path);
        return ModelFamily.Find(config.Text("model_type"))?.Scored(config) ?? ScoredToken.Last;
    }

    private static IReadOnlyList<(string Name, Conversation Conversation)> FromFile(string file, long row, FieldMapping? fields)
    {
        using var reader = ConversationReader.Open(file, fields);
        long count = 0;
        foreach (var found in reader.Read())
        {
            if (++count != row)
                continue;
            if (found.Error is { } error)
                throw new UsageException($"{file}, line {found.Line}: {error}");
            return ConversationText.Of(found);
        }
        throw new UsageException($"{file}: there is no row {row}, the file has {count}");
    }
}
