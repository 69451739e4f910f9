using System.Runtime.InteropServices;
using Assay.Models.Checkpoints;

namespace Assay.Models.Tests.Goldens;

/// <summary>A recorded tensor's numbers.</summary>
internal static class RecordedTensor
{
    public static double[] Doubles(TensorFile file, StoredTensor tensor)
    {
        if (tensor.Kind == ElementKind.F64)
            return MemoryMarshal.Cast<byte, double>(file.RowBytes(tensor, 0, (int)TensorFile.RowCount(tensor))).ToArray();
        return [.. Floats(file, tensor).Select(value => (double)value)];
    }

    public static float[] Floats(TensorFile file, StoredTensor tensor)
    {
        var values = new float[tensor.ElementCount];
        file.ReadRows(tensor, 0, values);
        return values;
    }
}
