using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Cli.Verification;
using Assay.Data;
using Assay.Evaluation.Calibration;
using Assay.Evaluation.Composites;
using Assay.Ground.Files;
using Assay.Models;
using Assay.Reward;
using Assay.Verifiers;

namespace Assay.Cli;

/// <summary>A composite reward's file with its models loaded.</summary>
/// <param name="Scorer">What scores.</param>
/// <param name="Fingerprint">Over the components, their models' fingerprints and their rules.</param>
internal sealed record CompositeModel(CompositeScorer Scorer, string Fingerprint) : IDisposable
{
    /// <summary>What is said to a policy's reference beside a composite.</summary>
    public const string NoReference = "--reference is of one policy, and a composite has several models";

    /// <exception cref="FormatException">The file or a model cannot be read, a rule is not known or wants a right answer, or a component
    /// lacks its reference scores.</exception>
    public static CompositeModel Load(string path, string? template = null, Placement? placement = null)
    {
        if (template is not null)
            throw new UsageException("--chat-template is of one model: each of a composite's reads text by its own");
        if (placement?.Reference is not null)
            throw new UsageException(NoReference);
        var parts = new List<(CompositeComponent, IScorer, ReferenceScores?)>();
        var identity = new JsonArray();
        try
        {
            foreach (var component in CompositeFile.Read(path))
            {
                var (scorer, reference, fingerprint) = component.Model is { } folder
                    ? OfModel(component, folder, placement)
                    : (new RuleScorer(Rule(component)), null, RuleOf(component));
                parts.Add((component, scorer, reference?.Scores));
                identity.Add(IdentityOf(component, fingerprint, reference));
            }
            return new(new CompositeScorer(parts), ContentHash.Of(identity.ToJsonString()));
        }
        catch
        {
            foreach (var (_, scorer, _) in parts)
                (scorer as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>The fingerprint alone: what is stored of the models is read, none is loaded.</summary>
    /// <exception cref="FormatException">The file or what a model stored cannot be read.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static string FingerprintOf(string path)
    {
        var identity = new JsonArray();
        foreach (var component in CompositeFile.Read(path))
        {
            if (component.Model is not { } folder)
            {
                identity.Add(IdentityOf(component, RuleOf(component), null));
                continue;
            }
            DemandFolder(component, folder);
            var fingerprint = ModelFingerprint.Of(folder);
            identity.Add(IdentityOf(component, fingerprint, StoredReference.Read(ModelFolder.Of(folder), fingerprint)));
        }
        return ContentHash.Of(identity.ToJsonString());
    }

    public void Dispose() => Scorer.Dispose();

    // What the fingerprint is over: a component's scores follow from it.
    private static JsonObject IdentityOf(CompositeComponent component, string of, StoredReference? reference) =>
        new()
        {
            ["name"] = component.Name,
            ["of"] = of,
            ["scale"] = component.Scale.ToString(),
            ["clip"] = component.Clip?.ToString(),
            ["weight"] = component.Weight,
            ["reference"] =
                reference is null || component.Scale == ComponentScale.Raw ? null : JsonSerializer.SerializeToNode(reference.Scores),
        };

    private static string RuleOf(CompositeComponent component) =>
        $"{component.Rule} {component.Pattern} {(component.Schema is { } schema ? InputHash(schema) : "")}";

    private static void DemandFolder(CompositeComponent component, string folder)
    {
        if (!Path.Exists(folder))
            throw new FileNotFoundException(
                $"{component.Where}: {folder}: no such model folder; paths are from the composite's own folder"
            );
    }

    private static (IScorer, StoredReference?, string) OfModel(CompositeComponent component, string folder, Placement? placement)
    {
        DemandFolder(component, folder);
        var model = LoadedModel.Load(folder, null, placement: placement);
        try
        {
            var fingerprint = model.FingerprintOf(folder);
            return (model, StoredReference.Read(ModelFolder.Of(folder), fingerprint), fingerprint);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static IVerifier Rule(CompositeComponent component)
    {
        if (!VerifierChoice.Names.Contains(component.Rule))
            throw new UsageException($"{component.Where}: rule is '{component.Rule}'; wanted {string.Join(", ", VerifierChoice.Names)}");
        if (!VerifierChoice.OfText.Contains(component.Rule))
            throw new UsageException(
                $"{component.Where}: {component.Rule} compares with a right answer or with tests, and a conversation to be scored brings none: use assay verify for it, and {string.Join(", ", VerifierChoice.OfText)} here"
            );
        try
        {
            return VerifierChoice.Make(component.Rule!, component.Pattern, component.Schema);
        }
        catch (FormatException error)
        {
            throw new FormatException($"{component.Where}: {error.Message}", error);
        }
        catch (UsageException error)
        {
            throw new UsageException($"{component.Where}: {error.Message}");
        }
    }

    private static string InputHash(string file) => ContentHash.Of(File.ReadAllBytes(file));
}
