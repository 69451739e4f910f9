using System.Text.Json.Nodes;
using Assay.Testing;

namespace Assay.Cli.Tests;

/// <summary>Writable copies of the small recorded checkpoints, to be changed as people's folders are.</summary>
internal static class SmallModel
{
    /// <summary>A copy of <c>llama-rm</c>, <c>bert-rm</c> (512 positions) or <c>llama-lm</c> (no head).</summary>
    public static string Copy(string checkpoint, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(SharedInputs.PathOf("goldens", "training", "checkpoints", checkpoint)))
            // not the file's mode, which is read-only
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        return folder;
    }

    /// <summary>
    /// Gives the tokenizer a token after the last that the model has an embedding for, as adding one without resizing does.
    /// </summary>
    public static string AddToken(string folder, string content)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        var tokenizer = JsonNode.Parse(File.ReadAllText(path))!;
        var added = tokenizer["added_tokens"]!.AsArray();
        var id = Math.Max(400, added.Max(token => (int)token!["id"]!) + 1);
        added.Add(
            new JsonObject
            {
                ["id"] = id,
                ["content"] = content,
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = false,
            }
        );
        File.WriteAllText(path, tokenizer.ToJsonString());
        return folder;
    }
}
