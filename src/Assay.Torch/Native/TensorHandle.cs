using System.Runtime.InteropServices;

namespace Assay.Torch.Native;

/// <summary>One reference to a tensor object of libtorch's; released once, by whoever comes last.</summary>
internal sealed class TensorHandle : SafeHandle
{
    public TensorHandle()
        : base(0, ownsHandle: true) { }

    public TensorHandle(nint pointer)
        : this() => SetHandle(pointer);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => Libtorch.aoti_torch_delete_tensor_object(handle) == 0;
}
