using Assay.Torch.Kernels.Rows;
using Assay.Torch.Primitives;

namespace Assay.Torch;

public sealed partial class Tensor
{
    /// <summary>The square root of each element.</summary>
    public Tensor Sqrt() => Elementwise.Sqrt(this);

    /// <summary><c>-log(1 + exp(-x))</c>, stable for every x.</summary>
    public Tensor LogSigmoid() => Elementwise.LogSigmoid(this);

    /// <summary>Each element times itself.</summary>
    public Tensor Square() => Primitives.Multiply.Apply(this, this);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor Tanh() => Activation.Apply(ActivationKind.Tanh, this);

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    public Tensor Sigmoid() => Activation.Apply(ActivationKind.Sigmoid, this);

    /// <summary><c>max(x, 0)</c>.</summary>
    public Tensor Relu() => Activation.Apply(ActivationKind.Relu, this);

    /// <summary><c>x * sigmoid(x)</c>.</summary>
    public Tensor Silu() => Activation.Apply(ActivationKind.Silu, this);

    /// <summary><c>x * Phi(x)</c>, or its approximation.</summary>
    public Tensor Gelu(GeluForm form) => Activation.Apply(KindOf(form), this);

    /// <summary>Exponentials divided by their sum along the last dimension.</summary>
    public Tensor Softmax() => Primitives.Softmax.Apply(this);

    /// <summary>Matrix product: [.., n, k] by [.., k, m] is [.., n, m]; leading dimensions broadcast.</summary>
    public Tensor Matmul(Tensor other) => Primitives.Matmul.Apply(this, other);

    /// <summary>The sum of all elements, a scalar.</summary>
    public Tensor Sum() => Primitives.Sum.Apply(this);

    /// <summary>Sums along a dimension, which goes (negative: from the end).</summary>
    public Tensor Sum(int dimension) => Primitives.Sum.Apply(this, dimension < 0 ? dimension + Shape.Length : dimension);

    /// <summary>The mean of all elements, a scalar.</summary>
    public Tensor Mean() => Sum() * (1.0 / ElementCount);

    /// <summary>Means along a dimension, which goes (negative: from the end).</summary>
    public Tensor Mean(int dimension) => Sum(dimension) * (1.0 / Shape[dimension < 0 ? dimension + Shape.Length : dimension]);

    public static Tensor operator +(Tensor left, Tensor right) => Primitives.Add.Apply(left, right);

    public static Tensor operator +(Tensor left, double right) => Affine.Apply(left, 1, right);

    public static Tensor operator -(Tensor left, Tensor right) => Primitives.Add.Apply(left, right, -1);

    public static Tensor operator -(Tensor left, double right) => Affine.Apply(left, 1, -right);

    public static Tensor operator -(Tensor tensor) => Affine.Apply(tensor, -1, 0);

    public static Tensor operator *(Tensor left, Tensor right) => Primitives.Multiply.Apply(left, right);

    public static Tensor operator *(Tensor left, double right) => Affine.Apply(left, right, 0);

    public static Tensor operator *(double left, Tensor right) => Affine.Apply(right, left, 0);

    public static Tensor operator /(Tensor left, Tensor right) => Divide.Apply(left, right);

    public static Tensor operator /(Tensor left, double right) => Affine.Apply(left, 1 / right, 0);

    private static ActivationKind KindOf(GeluForm form) => form == GeluForm.Erf ? ActivationKind.GeluErf : ActivationKind.GeluTanh;
}
