using System.Text.Json;
using System.Text.Json.Serialization;

namespace Krewe.Client;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(OutgoingMessage))]
[JsonSerializable(typeof(Sent))]
[JsonSerializable(typeof(SignUp))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(SignedUp))]
[JsonSerializable(typeof(Token))]
[JsonSerializable(typeof(Ack))]
[JsonSerializable(typeof(PresenceUpdate))]
[JsonSerializable(typeof(ContactEdit))]
[JsonSerializable(typeof(Listing<Contact>))]
[JsonSerializable(typeof(Listing<string>))]
[JsonSerializable(typeof(Listing<Mute>))]
[JsonSerializable(typeof(MuteEdit))]
[JsonSerializable(typeof(Listing<Device>))]
[JsonSerializable(typeof(PushRegistration))]
[JsonSerializable(typeof(SendFrame))]
[JsonSerializable(typeof(AckFrame))]
[JsonSerializable(typeof(PresenceFrame))]
[JsonSerializable(typeof(TypingFrame))]
[JsonSerializable(typeof(PingFrame))]
[JsonSerializable(typeof(ServerFrame))]
internal sealed partial class KreweJson : JsonSerializerContext;
