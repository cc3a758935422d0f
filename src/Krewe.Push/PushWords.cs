namespace Krewe.Push;

/// <summary>The few words that the server itself says on a screen, where the preview policy hides the rest.</summary>
internal static class PushWords
{
    public static string NewMessage(string? locale) => (locale ?? "en").Split('-')[0].ToLowerInvariant() switch
    {
        "de" => "Neue Nachricht",
        "es" => "Mensaje nuevo",
        "fr" => "Nouveau message",
        "it" => "Nuovo messaggio",
        "ja" => "新着メッセージ",
        "pt" => "Nova mensagem",
        "ru" => "Новое сообщение",
        "zh" => "新消息",
        _ => "New message",
    };
}
