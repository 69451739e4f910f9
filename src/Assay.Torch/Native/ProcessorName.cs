using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Assay.Torch.Native;

/// <summary>What the processor calls itself: its brand string on x86, elsewhere the architecture.</summary>
internal static class ProcessorName
{
    public static string Value { get; } = X86Base.IsSupported ? Brand() : RuntimeInformation.ProcessArchitecture.ToString();

    // CPUID leaves 0x80000002 to 0x80000004, 16 characters each (Intel SDM, volume 2A, CPUID).
    private static string Brand()
    {
        var text = new StringBuilder();
        for (var leaf = 0x80000002u; leaf <= 0x80000004u; leaf++)
        {
            var (a, b, c, d) = X86Base.CpuId(unchecked((int)leaf), 0);
            foreach (var register in (int[])[a, b, c, d])
                text.Append(Encoding.ASCII.GetString(BitConverter.GetBytes(register)));
        }

        return text.ToString().Trim('\0', ' ');
    }
}
