
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('rulebook', '0012_both_languages'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='noticeversion',
            name='notice_has_a_text',
        ),
        migrations.AddField(
            model_name='noticeversion',
            name='contact',
            field=models.CharField(default='', max_length=200, verbose_name='联系方式'),
        ),
        migrations.AddField(
            model_name='noticeversion',
            name='covers',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='noticeversion',
            name='template',
            field=models.TextField(default='', verbose_name='正文模板'),
        ),
        migrations.AlterField(
            model_name='noticeversion',
            name='text',
            field=models.TextField(blank=True, verbose_name='正文'),
        ),
        migrations.AddConstraint(
            model_name='noticeversion',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), models.Q(('text', ''), _negated=True), _connector='OR'), name='notice_has_a_text'),
        ),
    ]
