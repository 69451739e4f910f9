using Assay.Models.Families;
using Assay.Models.Layers;
using Assay.Torch;

namespace Assay.Models.Tests.Families;

/// <summary>
/// The oracle: one sequence at a time, every step written out with plain operations as the papers and transformers' eager code have it. It
/// shares no layer with the networks it judges, only their parameters.
/// </summary>
internal static class PlainForward
{
    public static bool Knows(ModelFamily family) => family.ModelType is "llama" or "bert";

    /// <summary>The score [1], in the graph of the network's parameters.</summary>
    public static Tensor Score(RewardNetwork network, IReadOnlyList<int> ids)
    {
        var weights = network.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        return network.Family.ModelType switch
        {
            "llama" => Llama(DecoderConfig.Read(network.Config, Models.Families.Llama.Defaults, []), weights, ids),
            "bert" => Bert(BertConfig.Read(network.Config, []), weights, ids),
            var other => throw new NotSupportedException(other),
        };
    }

    private static Tensor Llama(DecoderConfig config, Dictionary<string, Tensor> weights, IReadOnlyList<int> ids)
    {
        var dtype = weights["model.norm.weight"].DType;
        var x = Rows(weights["model.embed_tokens.weight"], ids);
        var mask = CausalMask(ids.Count, dtype);
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            var prefix = $"model.layers.{layer}.";
            var normed = RmsNorm(x, weights[prefix + "input_layernorm.weight"], config.RmsNormEps);
            var (query, key, value) = (
                Linear(normed, prefix + "self_attn.q_proj"),
                Linear(normed, prefix + "self_attn.k_proj"),
                Linear(normed, prefix + "self_attn.v_proj")
            );
            var heads = new List<Tensor>();
            for (var head = 0; head < config.NumAttentionHeads; head++)
            {
                var group = head / (config.NumAttentionHeads / config.KeyValueHeads);
                heads.Add(
                    Attend(
                        Rotate(Head(query, head, config.HeadWidth), config),
                        Rotate(Head(key, group, config.HeadWidth), config),
                        Head(value, group, config.HeadWidth),
                        mask
                    )
                );
            }
            x += Linear(Tensor.Cat(1, heads), prefix + "self_attn.o_proj");
            normed = RmsNorm(x, weights[prefix + "post_attention_layernorm.weight"], config.RmsNormEps);
            var gate = Linear(normed, prefix + "mlp.gate_proj");
            x += Linear(gate * gate.Sigmoid() * Linear(normed, prefix + "mlp.up_proj"), prefix + "mlp.down_proj");
        }
        var last = RmsNorm(x, weights["model.norm.weight"], config.RmsNormEps).Narrow(0, ids.Count - 1, 1);
        return Linear(last, "score").Reshape(1);

        Tensor Linear(Tensor input, string module)
        {
            var product = input.Matmul(weights[module + ".weight"].Transpose());
            return weights.TryGetValue(module + ".bias", out var bias) ? product + bias : product;
        }
    }

    private static Tensor Bert(BertConfig config, Dictionary<string, Tensor> weights, IReadOnlyList<int> ids)
    {
        var x =
            Rows(weights["bert.embeddings.word_embeddings.weight"], ids)
            + Rows(weights["bert.embeddings.token_type_embeddings.weight"], new int[ids.Count])
            + Rows(weights["bert.embeddings.position_embeddings.weight"], [.. Enumerable.Range(0, ids.Count)]);
        x = LayerNorm(x, "bert.embeddings.LayerNorm");
        var width = config.HiddenSize / config.NumAttentionHeads;
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            var prefix = $"bert.encoder.layer.{layer}.";
            var (query, key, value) = (
                Linear(x, prefix + "attention.self.query"),
                Linear(x, prefix + "attention.self.key"),
                Linear(x, prefix + "attention.self.value")
            );
            var heads = Enumerable
                .Range(0, config.NumAttentionHeads)
                .Select(head => Attend(Head(query, head, width), Head(key, head, width), Head(value, head, width), null))
                .ToList();
            x = LayerNorm(x + Linear(Tensor.Cat(1, heads), prefix + "attention.output.dense"), prefix + "attention.output.LayerNorm");
            var inner = Linear(x, prefix + "intermediate.dense").Gelu(GeluForm.Erf);
            x = LayerNorm(x + Linear(inner, prefix + "output.dense"), prefix + "output.LayerNorm");
        }
        return Linear(Linear(x.Narrow(0, 0, 1), "bert.pooler.dense").Tanh(), "classifier").Reshape(1);

        Tensor Linear(Tensor input, string module) => input.Matmul(weights[module + ".weight"].Transpose()) + weights[module + ".bias"];

        Tensor LayerNorm(Tensor input, string module)
        {
            var centred = input - Mean(input);
            return (centred / (Mean(centred.Square()) + config.LayerNormEps).Sqrt() * weights[module + ".weight"])
                + weights[module + ".bias"];
        }
    }

    private static Tensor Rows(Tensor table, IReadOnlyList<int> ids) => table.SelectRows([.. ids]);

    private static Tensor Mean(Tensor x) => x.Mean(1).Reshape(-1, 1);

    private static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) => x / (Mean(x.Square()) + epsilon).Sqrt() * weight;

    private static Tensor Head(Tensor x, int head, int width) => x.Narrow(1, (long)head * width, width);

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor? mask)
    {
        var scores = query.Matmul(key.Transpose()) * (1 / Math.Sqrt(query.Shape[1]));
        return (mask is null ? scores : scores + mask).Softmax().Matmul(value);
    }

    /// <summary>x * cos + rotate_half(x) * sin, angles in the network's precision.</summary>
    private static Tensor Rotate(Tensor x, DecoderConfig config)
    {
        var (length, half) = ((int)x.Shape[0], config.HeadWidth / 2);
        var (cosine, sine) = (new double[length * half], new double[length * half]);
        var frequencies =
            x.DType == DType.Float64
                ? RopeFrequencies.Inverse<double>(config.Rope, config.HeadWidth, length)
                : [.. RopeFrequencies.Inverse<float>(config.Rope, config.HeadWidth, length).Select(value => (double)value)];
        var scaling = RopeFrequencies.AttentionScaling(config.Rope);
        for (var i = 0; i < cosine.Length; i++)
        {
            var angle = i / half * frequencies[i % half];
            if (x.DType == DType.Float32)
                angle = (float)angle;
            (cosine[i], sine[i]) = (Math.Cos(angle) * scaling, Math.Sin(angle) * scaling);
        }
        var (c, s) = (Tensor.From(cosine, length, half).To(x.DType), Tensor.From(sine, length, half).To(x.DType));
        var (first, second) = (x.Narrow(1, 0, half), x.Narrow(1, half, half));
        return Tensor.Cat(1, [(first * c) - (second * s), (second * c) + (first * s)]);
    }

    private static Tensor CausalMask(int length, DType dtype)
    {
        var mask = new double[length * length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = i % length > i / length ? double.NegativeInfinity : 0;
        return Tensor.From(mask, length, length).To(dtype);
    }
}
