/** What is asked of every post read, so that a page says as much as an event (docs.x.com, data dictionary). */
export const POST_QUERY = {
  'tweet.fields':
    'created_at,conversation_id,in_reply_to_user_id,referenced_tweets,edit_history_tweet_ids,entities,attachments,lang,note_tweet,display_text_range',
  expansions: 'author_id,referenced_tweets.id,referenced_tweets.id.author_id,attachments.media_keys',
  'user.fields': 'name,username,profile_image_url',
  'media.fields': 'media_key,type,url,preview_image_url,variants',
} as const;

export const DM_QUERY = {
  'dm_event.fields': 'id,text,event_type,sender_id,dm_conversation_id,created_at,attachments',
  expansions: 'sender_id,attachments.media_keys',
  'user.fields': 'name,username,profile_image_url',
  'media.fields': 'media_key,type,url,preview_image_url,variants',
} as const;
