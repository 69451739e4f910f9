namespace Assay.Torch;

/// <summary>
/// libtorch refused an operation. The message names the operation, the dtypes and shapes it was given, and libtorch's reason.
/// </summary>
public sealed class TorchException : InvalidOperationException
{
    public TorchException(string operation, string operands, string reason)
        : base(operands.Length == 0 ? $"{operation}: {reason}" : $"{operation}({operands}): {reason}") => Operation = operation;

    /// <summary>The operation as it is named in C#, such as <c>Matmul</c>.</summary>
    public string Operation { get; }
}
