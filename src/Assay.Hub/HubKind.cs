namespace Assay.Hub;

/// <summary>What a repository of the hub holds.</summary>
public enum HubKind
{
    Model,
    Dataset,
}

/// <summary>How much of a model is needed.</summary>
public enum ModelParts
{
    /// <summary>Configuration, tokenizer and template: enough to see what the model reads.</summary>
    Text,

    /// <summary>Weights too.</summary>
    Whole,
}
