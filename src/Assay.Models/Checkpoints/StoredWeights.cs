using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Assay.Models.Heads;

namespace Assay.Models.Checkpoints;

/// <summary>What a checkpoint's weights are, by their stored bytes: no engine is started for it.</summary>
public static class StoredWeights
{
    // Hashed in pieces of about this size.
    private const long PieceBytes = 1 << 22;

    /// <summary>
    /// SHA-256 over the weights, lower-case hexadecimal: of the lines <c>name dtype [shape] sha256-of-stored-bytes\n</c> in ordinal order
    /// of the names, without what wrappers put into these (<see cref="UnwrappedNames"/>). The same however they are cut into files; changed
    /// by any bit of any weight. Of an adapter's folder: over the base's weights, the adapter's and what these are multiplied by. Rows of a
    /// head (<c>heads.safetensors</c>) count too.
    /// </summary>
    /// <exception cref="CheckpointException">The checkpoint is damaged or of a form that is not read.</exception>
    /// <exception cref="IOException">There is no such folder or file.</exception>
    public static string Fingerprint(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(whole, checkpoint.Files);
        if (checkpoint.Adapter is { } adapter)
        {
            whole.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"adapter {adapter.Scale:r}\n")));
            Append(whole, [adapter.File]);
        }
        if (HeadRowsFile.In(path) is { } rows)
        {
            using var file = rows;
            whole.AppendData(Encoding.UTF8.GetBytes($"heads {HeadRowsFile.Description(file)}\n"));
            Append(whole, [file]);
        }
        return Convert.ToHexStringLower(whole.GetHashAndReset());
    }

    private static void Append(IncrementalHash whole, IReadOnlyList<TensorFile> files)
    {
        var names = new UnwrappedNames(files.SelectMany(file => file.Tensors).Select(tensor => tensor.Name));
        foreach (
            var (name, file, tensor) in files
                .SelectMany(file => file.Tensors.Select(tensor => (Name: names.Of(tensor.Name), file, tensor)))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal)
        )
            whole.AppendData(
                Encoding.UTF8.GetBytes($"{name} {TypeName(tensor.Kind)} [{string.Join(", ", tensor.Shape)}] {HashOf(file, tensor)}\n")
            );
    }

    private static string HashOf(TensorFile file, StoredTensor tensor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var at = 0L; at < tensor.ByteCount; at += PieceBytes)
            hash.AppendData(file.StoredBytes(tensor, at, (int)Math.Min(PieceBytes, tensor.ByteCount - at)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // The names that the engine has for the types, so that a saved model's fingerprint is what it always was.
    private static string TypeName(ElementKind kind) =>
        kind switch
        {
            ElementKind.F64 => "Float64",
            ElementKind.F32 => "Float32",
            ElementKind.F16 => "Float16",
            ElementKind.BF16 => "BFloat16",
            _ => kind.ToString(),
        };
}
