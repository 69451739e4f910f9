using Assay.Torch.Native;

namespace Assay.Torch.Tests.Native;

/// <summary>An operator that there is not: what a wrong name looks like.</summary>
internal static unsafe class Misspelt
{
    public static void Call()
    {
        LibtorchLoader.EnsureLoaded();
        ulong stack = 0;
        fixed (
            byte* name = "aten::matmull"u8,
                overload = "\0"u8
        )
            LibtorchLoader.Check(Libtorch.torch_call_dispatcher(name, overload, &stack, Libtorch.WrittenFor), "aten::matmull", []);
    }
}
