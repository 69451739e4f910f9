namespace Assay.Torch.Products;

/// <summary>Who computes a product in fp32 on the host.</summary>
internal enum ProductLibrary
{
    /// <summary>The kernels of this project.</summary>
    Own,

    /// <summary>oneDNN, inside libtorch.</summary>
    OneDnn,

    /// <summary>MKL, inside libtorch (on other processors than x86, what libtorch has in its place).</summary>
    Mkl,
}

/// <summary>The three products of a linear layer.</summary>
internal enum ProductForm
{
    /// <summary><c>x weight^T</c></summary>
    Forward,

    /// <summary><c>gradient weight</c></summary>
    InputGradient,

    /// <summary><c>gradient^T x</c>, added to what is there</summary>
    WeightGradient,
}
