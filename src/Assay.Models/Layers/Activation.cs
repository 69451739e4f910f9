using Assay.Models.Checkpoints;
using Assay.Torch;

namespace Assay.Models.Layers;

/// <summary>
/// The activations that <c>hidden_act</c>, or a family's other name for it, may name (transformers: activations.py, <c>ACT2FN</c>).
/// </summary>
internal sealed class Activation
{
    private static readonly Dictionary<string, Activation> Known = new()
    {
        ["silu"] = new(x => x.Silu()),
        ["swish"] = new(x => x.Silu()),
        ["relu"] = new(x => x.Relu()),
        ["tanh"] = new(x => x.Tanh()),
        ["gelu"] = new(x => x.Gelu(GeluForm.Erf)),
        ["gelu_new"] = new(x => x.Gelu(GeluForm.Tanh)),
        ["gelu_pytorch_tanh"] = new(x => x.Gelu(GeluForm.Tanh)),
        ["gelu_fast"] = new(x => x.Gelu(GeluForm.Tanh)), // the same with sqrt(2 / pi) cut after ten digits
    };

    private Activation(Func<Tensor, Tensor> forward) => Forward = forward;

    public Func<Tensor, Tensor> Forward { get; }

    private bool IsSilu => ReferenceEquals(this, Known["silu"]) || ReferenceEquals(this, Known["swish"]);

    /// <summary>The form of GELU this is, or null.</summary>
    public GeluForm? Gelu =>
        ReferenceEquals(this, Known["gelu"]) ? GeluForm.Erf
        : new[] { "gelu_new", "gelu_pytorch_tanh", "gelu_fast" }.Any(name => ReferenceEquals(this, Known[name])) ? GeluForm.Tanh
        : null;

    /// <summary>The name under the key, refused by its key when it is not one of these.</summary>
    public static string ReadName(ConfigFile config, string absent, string key = "hidden_act")
    {
        var name = config.Text(key) ?? absent;
        return Known.ContainsKey(name) ? name : throw config.Wrong(key, $"one of {string.Join(", ", Known.Keys)}");
    }

    public static Activation Of(string name) => Known[name];

    /// <summary><c>activation(gate) * up</c>, in one kernel where there is one.</summary>
    public Tensor Gated(Tensor gate, Tensor up) =>
        IsSilu ? gate.SwiGlu(up)
        : Gelu is { } form ? gate.GeGlu(up, form)
        : Forward(gate) * up;
}
