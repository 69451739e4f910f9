namespace Assay.Models;

/// <summary>How the weight of a linear layer stands.</summary>
internal enum MatrixForm
{
    /// <summary>[out, in].</summary>
    OutputsByInputs,

    /// <summary>[in, out]: GPT-2's.</summary>
    InputsByOutputs,
}
