namespace Assay.Ranks;

/// <summary>The CUDA device that a rank computes on, and what NCCL has to know of whoever computes.</summary>
/// <param name="Index">Of the device, from 0, as CUDA counts what <c>CUDA_VISIBLE_DEVICES</c> leaves.</param>
/// <param name="ComputeStream">The stream (<c>cudaStream_t</c>) that tensors are computed on, asked at each collective: sums wait for what
/// is on it, and what comes later on it waits for the sums. 0 is CUDA's default stream.</param>
/// <param name="Folder">Where a libnccl may lie beside what computes; null to look where the system does.</param>
public sealed record CudaPlace(int Index, Func<nint> ComputeStream, string? Folder);
