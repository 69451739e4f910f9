namespace Assay.Models.Checkpoints;

/// <summary>
/// How a stored tensor's numbers are written. Names are those of the file formats: safetensors' dtypes and GGUF's block kinds.
/// </summary>
public enum ElementKind
{
    Bool,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    BF16,
    F32,
    F64,

    // GGUF's blocks: of 32 numbers, or of 256 where a K or S ends the name. The digit is the bits of a number.
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
}
