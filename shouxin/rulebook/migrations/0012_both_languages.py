from django.db import migrations, models

# What a rule pack delivered before it spoke both languages: its notes were English, its laws had Chinese titles alone.
FORWARD = """
    UPDATE rulebook_field SET note_en = note_zh, note_zh = ''
    WHERE pack_row ? 'note' AND note_zh = pack_row->>'note';
    UPDATE rulebook_field
    SET pack_row = (pack_row - 'note') || jsonb_build_object('note_zh', '', 'note_en', pack_row->>'note')
    WHERE pack_row ? 'note';
    UPDATE rulebook_legalarticle SET pack_row = pack_row || jsonb_build_object('instrument_en', '')
    WHERE pack_row <> '{}'::jsonb;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0011_watched_references'),
    ]

    operations = [
        migrations.RenameField(model_name='field', old_name='note', new_name='note_zh'),
        migrations.AddField(
            model_name='field',
            name='note_en',
            field=models.TextField(blank=True, default='', verbose_name='英文说明'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='legalarticle',
            name='instrument_en',
            field=models.CharField(blank=True, default='', max_length=200),
            preserve_default=False,
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
