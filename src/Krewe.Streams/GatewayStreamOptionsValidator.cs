using Microsoft.Extensions.Options;

namespace Krewe.Streams;

[OptionsValidator]
internal sealed partial class GatewayStreamOptionsValidator : IValidateOptions<GatewayStreamOptions>;
